import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseOwnCategories } from "../../../../src/core/documents/ownCategories";
import { ownFindings, ownProbability } from "../../../../src/core/documents/ownFindings";
import { HumanError } from "../../../../src/protocol/humanError";

const sample = readFileSync("media/samples/supply-agreement.md", "utf8");
const file = (...categories: unknown[]) => JSON.stringify({ categories });

describe("parseOwnCategories", () => {
  it("reads a file with comments and trailing commas, and fills what is left out", () => {
    const json = '{\n  // ours, "quoted"\n  "$schema": "x",\n  "categories": [{"name": " Spare parts // no comment ", "examples": ["a, ]",],},], /* end */\n}';
    expect(parseOwnCategories(json)).toEqual([{ name: "Spare parts // no comment", description: "", severity: "information", examples: ["a, ]"] }]);
    expect(parseOwnCategories(file())).toEqual([]);
  });

  it.each([
    ["no JSON", "{", /not valid JSON/],
    ["another shape", "[]", /must look like/],
    ["no name", file({ description: "x" }), /^Category 1 has no name/],
    ["a name that is no text", file({ name: 5 }), /^Category 1: the name must be a text/],
    ["an unknown entry", file({ name: "A", description: "x", exmaples: [] }), /^Category 1, "A", has an unknown entry "exmaples"/],
    ["a severity", file({ name: "A", description: "x", severity: "bad" }), /has the severity "bad"; it must be/],
    ["nothing to compare with", file({ name: "A" }), /needs a description or an example/],
    ["an empty example", file({ name: "A", examples: ["x", " "] }), /example 2 is empty/],
    ["the same name twice", file({ name: "A", description: "x" }, { name: "a", description: "y" }), /^Category 2, "a", has the name of an earlier one/],
    ["a built-in name", file({ name: "Insurance", description: "x" }), /built-in category/],
    ["the answer for no category", file({ name: "none", description: "x" }), /^Category 1, "none", has the name of the answer for passages of no category/],
    ["too many", file(...Array.from({ length: 101 }, (_, i) => ({ name: `A${i}`, description: "x" }))), /101 clause categories; at most 100/],
    ["too many examples", file({ name: "A", examples: Array.from({ length: 51 }, () => "x") }), /51 examples; at most 50/],
    ["a long example", file({ name: "A", examples: ["x".repeat(5_001)] }), /example 1 has 5001 characters; at most 5000/],
  ])("refuses %s in one sentence", (_, json, sentence) => {
    expect(() => parseOwnCategories(json)).toThrow(HumanError);
    expect(() => parseOwnCategories(json)).toThrow(sentence);
  });
});

describe("ownFindings", () => {
  const category = { name: "Spare parts", description: "", severity: "warning" as const, examples: ["The vendor shall continue to sell spare parts to the customer for ten years after termination of the agreement."] };
  const found = (text: string, own: typeof category) => ownFindings(text, [own]).map(({ start, end }) => text.slice(start, end));

  it("finds the passage that is like an example", () => {
    expect(found(sample, category)).toEqual([expect.stringContaining("3.3 Spare Parts")]);
  });

  it("goes by the description where there is no example", () => {
    expect(found(sample, { ...category, description: "Spare parts are sold after expiration or termination.", examples: [] })).toEqual([expect.stringContaining("3.3 Spare Parts")]);
  });

  it("works in Russian, whatever the endings", () => {
    const russian = readFileSync("media/samples/supply-agreement-ru.md", "utf8");
    expect(found(russian, { ...category, examples: ["Сторона освобождается от ответственности при обстоятельстве непреодолимой силы"] })).toEqual([expect.stringContaining("непреодолимой силы")]);
  });

  it("is sure of an example itself, and finds nothing in other texts", () => {
    const text = "The weather is fine today and the sun shines.\n\nKeep all samples in the freezer for two full years.";
    const [finding] = ownFindings(text, [{ ...category, examples: ["Keep all samples in the freezer for two full years."] }]);
    expect(finding?.probability).toBeGreaterThan(0.99);
    expect(ownFindings(text, [category])).toEqual([]);
    expect(ownFindings("", [category])).toEqual([]);
    expect(ownFindings(text, [])).toEqual([]);
  });

  it("maps similarity to probability monotonously", () => {
    expect(ownProbability(0.2)).toBe(0.5);
    expect(ownProbability(0)).toBeCloseTo(0.018, 3);
    expect(ownProbability(0.3)).toBeCloseTo(0.881, 3);
  });
});
