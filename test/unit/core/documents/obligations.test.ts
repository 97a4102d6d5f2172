import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { obligationsByPatterns } from "../../../../src/core/documents/obligations";

const sample = readFileSync("media/samples/supply-agreement.md", "utf8");
const russian = readFileSync("media/samples/supply-agreement-ru.md", "utf8");
const duties = (text: string) => obligationsByPatterns(text).map(({ who, what, when }) => [who, what, ...(when ? [when] : [])].join(" | "));

describe("obligationsByPatterns", () => {
  it.each([
    ["a duty with a deadline", "Buyer shall pay each invoice within thirty (30) days after its date.", ["Buyer | pay each invoice within thirty (30) days after its date | within thirty (30) days after its date"]],
    ["a deadline before the subject", "Within ten (10) days after delivery, Buyer must inspect the Products.", ["Buyer | inspect the Products | Within ten (10) days after delivery"]],
    ["two duties of one party", "Supplier shall confirm the order and shall deliver the goods annually.", ["Supplier | confirm the order", "Supplier | deliver the goods annually | annually"]],
    ["duties of two parties", "Licensor agrees to deliver the code, and Licensee undertakes to test it.", ["Licensor | deliver the code", "Licensee | test it"]],
    ["a prohibition", "During the Term, Supplier may not, directly or indirectly, sell pumps.", ["Supplier | not sell pumps | During the Term"]],
    ["neither party", "Neither party shall solicit employees.", ["Each party | not solicit employees"]],
    ["a joint duty", "The Supplier and the Buyer shall meet monthly.", ["Supplier and the Buyer | meet monthly | monthly"]],
    ["Russian", "Поставщик обязуется передать Товар в течение 10 рабочих дней.", ["Поставщик | передать Товар в течение 10 рабочих дней | в течение 10 рабочих дней"]],
    ["a Russian prohibition", "Заказчик не вправе передавать права.", ["Заказчик | не передавать права"]],
    ["a role that the contract defines", 'Agreement by and between Alpha, Inc. ("Moonlight") and Beta LLC ("Sunrise").\n\nMoonlight shall shine.', ["Moonlight | shine"]],
  ])("%s", (_, text, expected) => expect(duties(text)).toEqual(expected));

  it.each([
    "“Products” shall mean the goods.", "This Agreement shall not be construed against Buyer.", "Buyer shall have the right to inspect.", "Supplier may sell pumps.", "The Products shall be free from defects.",
    "If Supplier shall fail, nothing happens.", "All rights granted by Supplier shall end.", "Buyer shall not be liable for delays.", "Supplier will be paid monthly.", "She will come tomorrow.",
  ])("no duty: %s", (text) => expect(duties(text)).toEqual([]));

  it("reads a list of duties", () => {
    expect(duties("5. Исполнитель обязан:\n\n5.1. Оказать услуги не позднее 5 дней после заявки.\n\n5.2. Вести учет.\n\n6. Прочее.")).toEqual(["Исполнитель | оказать услуги не позднее 5 дней после заявки | не позднее 5 дней после заявки", "Исполнитель | вести учет"]);
  });

  it("reads the samples", () => {
    expect(duties(sample)).toHaveLength(22);
    expect(duties(russian)).toHaveLength(12);
    expect(duties(sample)).toContain("Each party | not solicit for employment, or hire, any employee of the other party without its prior written consent | During the Term and for one (1) year thereafter");
  });

  it("quotes whole sentences exactly, and shortens long phrases at a word's end", () => {
    for (const { quote, what } of [...obligationsByPatterns(sample), ...obligationsByPatterns(`Buyer shall ${"pay much money ".repeat(20)}.`)]) {
      expect(what.length).toBeLessThanOrEqual(160);
      if (what.endsWith("…")) expect(what).toMatch(/[\p{L}.,)]…$/u);
      if (quote.match !== "none" && quote.end <= sample.length && sample.includes(quote.text)) expect(sample.slice(quote.start, quote.end)).toBe(quote.text);
    }
  });
});
