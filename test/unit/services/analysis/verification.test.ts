import { describe, expect, it } from "vitest";
import { mostlyFound, numbersStand, quotesIn } from "../../../../src/services/analysis/verification";

describe("quotes", () => {
  it("are searched in what the model was shown, and placed in the whole text", () => {
    const text = "The price is ten dollars. Other words. The price is ten dollars, always.";
    const second = text.lastIndexOf("The price");
    expect(quotesIn(text, [{ start: 30, end: text.length }])("The price is ten dollars")).toEqual({ text: "The price is ten dollars", match: "exact", start: second, end: second + 24 });
    expect(quotesIn(text, [{ start: 0, end: 20 }])("Other words.")).toEqual({ text: "Other words.", match: "none" });
  });

  it("take the best match of all passages", () => {
    const text = "THE PRICE IS TEN DOLLARS AND MORE\n\nThe price is ten dollars and more";
    expect(quotesIn(text, [{ start: 0, end: 33 }, { start: 35, end: text.length }])("The price is ten dollars and more")).toMatchObject({ match: "exact", start: 35 });
  });
});

describe("numbers of a statement", () => {
  it.each([
    ["no number at all", "text", true], ["pays 500 dollars", "500 dollars", true], ["pays 500 dollars", "1500 dollars", false], ["120,000", "$120000", true],
    ["120 000 рублей", "120 000 (сто двадцать тысяч) рублей", true], ["120000", "120,000.00", true], ["March 1, 2024", "the 1st of March, 2024", true], ["March 1, 2024", "the first of March, 2024", false],
    ["March 1, 2024", "March 1, 2024", true], ["99999", "120,000", false], ["30 days", "thirty (30) days", true],
    ["$5,000", "Section 5. The fee is $1,000.", false], ["pays $5,000,000", "Section 5. Fee is $1,000 (000 units)", false], ["1000", "Section 1. 000 units", false], ["$1,000", "$1,000,000", false],
    ["12 000", "12000 единиц", true], ["0.50 %", "0,5 %", true], ["2.5", "2 of 5", false], ["in 2024 100 units", "100 units in 2024", true], ["01", "1", true], ["5", "clause 5.1", false],
  ])("number case %#", (statement, text, stands) => {
    expect(numbersStand(statement, text)).toBe(stands);
  });
});

describe("statements that were not found", () => {
  it("are at most a third of the list, in order", () => {
    const keep = (list: string) => mostlyFound([...list], (one) => one === "f").join("");
    expect(keep("fnfnfn")).toBe("fnff");
    expect(keep("nfff")).toBe("nfff");
    expect(keep("nn")).toBe("");
    expect(keep("f")).toBe("f");
    expect(keep("nffffnn")).toBe("nffffn");
  });
});
