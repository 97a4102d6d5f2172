import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsByPatterns } from "../../../../src/core/documents/facts";
import { durationsIn } from "../../../../src/core/documents/facts/durations";

const sample = readFileSync("media/samples/supply-agreement.md", "utf8");
const russian = readFileSync("media/samples/supply-agreement-ru.md", "utf8");
const facts = (text: string, ...kinds: string[]) => factsByPatterns(text, []).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ label, value }) => `${label}: ${value}`);

describe("factsByPatterns", () => {
  it("reads the sample contract", () => {
    expect(facts(sample)).toEqual([
      "Supplier: Halvorsen Marine Components, Inc.", "Buyer: Brightwater Pump Works LLC",
      "Agreement date: March 2, 2026", "Effective date: March 2, 2026", "Expiration date: March 1, 2029",
      "Insurance: $5,000,000",
      "Delivery: five (5) business days", "Delivery: thirty (30) days", "Payment term: thirty (30) days", "Warranty: eighteen (18) months", "No-solicit: one (1) year", "Initial term: three (3) years", "Renewal: two (2) years", "Notice against renewal: one hundred eighty (180) days", "Notice period: ten (10) days",
      "Governing law: State of Ohio",
    ]);
  });

  it("reads the Russian sample contract", () => {
    expect(facts(russian)).toEqual([
      "Поставщик: Общество с ограниченной ответственностью «Северный родник»", "Покупатель: Акционерное общество «Волжские насосы»",
      "Agreement date: 2 марта 2026 г.", "Effective date: 1 апреля 2026 года", "Expiration date: 31 марта 2029 года",
      "Contract price: 24 500 000 (двадцать четыре миллиона пятьсот тысяч) рублей", "Cap on liability: 500 000 (пятисот тысяч) рублей",
      "Payment term: 30 (тридцати) дней", "Payment term: 10 (десяти) рабочих дней", "Delivery: 15 (пятнадцати) рабочих дней", "Warranty: 18 (восемнадцать) месяцев", "Notice against renewal: 180 (сто восемьдесят) дней", "Renewal: 2 (два) года", "Notice period: 10 (десять) дней",
      "Governing law: Российской Федерации",
    ]);
  });

  it.each([
    ["parties without roles", "This Agreement is made between Alpha Tools, Inc. and Beta Mills LLC.", ["Party: Alpha Tools, Inc.", "Party: Beta Mills LLC"]],
    ["three parties", 'by and among Alpha Corp. ("Alpha"), Beta Ltd., a company of England (the "Distributor"), and Jane Roe ("Guarantor").', ["Alpha: Alpha Corp.", "Distributor: Beta Ltd.", "Guarantor: Jane Roe"]],
    ["roles without brackets", 'between Data Wells, Inc. 600 Elm, Houston hereinafter referred to as "Licensor" and MEDIA AG Koeln hereinafter referred to as "Licensee"', ["Licensor: Data Wells, Inc.", "Licensee: MEDIA AG"]],
    ["parties by letter", "Party A: Northern Light Co., Ltd.\nAddress\nParty B: Southern Rail Limited\n", ["Party A: Northern Light Co., Ltd.", "Party B: Southern Rail Limited"]],
    ["short Russian forms", "ООО «Ромашка», именуемое в дальнейшем «Заказчик», и ИП Иванов Иван Иванович, именуемый в дальнейшем «Исполнитель»", ["Заказчик: ООО «Ромашка»", "Исполнитель: ИП Иванов Иван Иванович"]],
    ["no party in prose", "There was a fight between John and the sea.", []],
  ])("parties: %s", (_, text, expected) => expect(facts(text, "party")).toEqual(expected));

  it.each([
    ["This Agreement is entered into this 1st day of September 2016 by A and B.", ["Agreement date: 1st day of September 2016"]],
    ["Dated as of 2 April 2020\n", ["Agreement date: 2 April 2020"]],
    ["This lease is effective as of 01/15/2021.", ["Effective date: 01/15/2021"]],
    ["The term of this Agreement shall continue until 2024-06-30.", ["Expiration date: 2024-06-30"]],
    ["Delivery is due no later than June 5, 2023.", ["Deadline: June 5, 2023"]],
    ["WHEREAS, A is party to that certain License Agreement dated March 10, 2014;", []],
    ["She was born on May 4, 1970.", []],
    ["Version 1.2.2020 of section 13.13.2020", []],
  ])("dates: %s", (text, expected) => expect(facts(text, "date")).toEqual(expected));

  it.each([
    ["Buyer shall pay a monthly maintenance fee of US$1,250.50.", ["Monthly maintenance fee: US$1,250.50"]],
    ["In no event shall liability exceed $2 million.", ["Cap on liability: $2 million"]],
    ["The purchase price is 10,000 euros.", ["Purchase price: 10,000 euros"]],
    ["Штраф составляет 50 тыс. рублей.", ["Penalty: 50 тыс. рублей"]],
    ["The tower is 300 dollars tall.", []],
  ])("amounts: %s", (text, expected) => expect(facts(text, "amount")).toEqual(expected));

  it.each([
    ["This Agreement shall be governed by the  laws\nof England and Wales.", ["Governing law: England and Wales"]],
    ["The Laws of the State of Delaware shall govern this Agreement.", ["Governing law: State of Delaware"]],
    ["This contract is governed by New York law.", ["Governing law: New York"]],
    ["Alpha is a company organized under the laws of Nevada.", []],
    ["Buyer shall comply with the laws of Canada.", []],
  ])("governing law: %s", (text, expected) => expect(facts(text, "governingLaw")).toEqual(expected));

  it("labels by the finding what no pattern does", () => {
    const text = "It lasts twelve (12) months from acceptance.";
    expect(factsByPatterns(text, [])).toEqual([]);
    const [fact] = factsByPatterns(text, [{ category: "Warranty Duration", start: 0, end: text.length, probability: 0.9 }]);
    expect(fact).toEqual({ kind: "term", label: "Warranty", value: "twelve (12) months", quote: { text: "twelve (12) months", match: "exact", start: 9, end: 27 }, source: "patterns" });
  });

  it("quotes exactly, and says nothing twice", () => {
    const words = fc.array(fc.constantFrom("by and between", "Alpha, Inc.", '(the "Buyer")', "shall pay", "$ 5,000", "within", "thirty (30) days", "March 1, 2024", "governed by the laws of Ohio", "\n", "\u200b", "\ud800", ". This Agreement", "notice"), { maxLength: 40 });
    fc.assert(fc.property(words, (list) => {
      const text = list.join(" ");
      const found = factsByPatterns(text, []);
      for (const { quote } of found) expect(quote.match === "exact" && text.slice(quote.start, quote.end)).toBe(quote.text);
      const keys = found.map(({ kind, label, value }) => `${kind} ${label} ${value}`.toLowerCase());
      expect(new Set(keys).size).toBe(keys.length);
    }));
  });
});

describe("durationsIn", () => {
  it.each([
    ["thirty (30) days", 30], ["twenty-four months", 720], ["a two-year term", 730], ["10 business days", 10], ["18 (восемнадцать) месяцев", 540], ["2 года", 730], ["five years", 1825],
  ])("%s", (text, days) => expect(durationsIn(text).map((duration) => duration.days)).toEqual([days]));

  it("reads no year as a length of time", () => expect(durationsIn("до 31 марта 2029 года, in 2029, day 4")).toEqual([]));
});
