import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { languageOf } from "../../../../src/core/documents/language";
import { sentencesOf } from "../../../../src/core/documents/sentences";

describe("languageOf", () => {
  it.each([
    ["English", readFileSync("media/samples/supply-agreement.md", "utf8")],
    ["Russian", readFileSync("media/samples/supply-agreement-ru.md", "utf8")],
    ["English", "This lease is made between the landlord and the tenant."],
    ["Russian", "Договор аренды"],
    ["other", "Договір оренди укладено між сторонами, які підписали його нижче."],
    ["other", "Dieser Vertrag wird zwischen den Parteien geschlossen und gilt ab dem Tage der Unterzeichnung."],
    ["other", readFileSync("package.json", "utf8")],
    ["other", "本协议由双方签订"],
    ["other", "12 345 — !"],
    ["other", ""],
  ])("%s", (language, text) => expect(languageOf(text)).toBe(language));
});

describe("sentencesOf", () => {
  const cut = (text: string) => sentencesOf(text).map(({ start, end }) => text.slice(start, end));

  it("cuts after sentences, not after abbreviations or numbers", () => {
    expect(cut("Alpha, Inc. is of the U.S. Market. It pays No. 5 and 3.2 Percent. (a) Then it ends! Yes.")).toEqual(["Alpha, Inc. is of the U.S. Market.", "It pays No. 5 and 3.2 Percent.", "(a) Then it ends!", "Yes."]);
    expect(cut("Договор подписан в г. Тверь по ул. Мира. Цена 5 тыс. Рублей нет.")).toEqual(["Договор подписан в г. Тверь по ул. Мира.", "Цена 5 тыс. Рублей нет."]);
  });
});
