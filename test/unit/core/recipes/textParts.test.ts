import { describe, expect, it } from "vitest";
import { textParts } from "../../../../src/core/recipes/textParts";

describe("the parts of a text", () => {
  it("meet at the border of the paragraph that is nearest to four fifths", () => {
    const paragraphs = Array.from({ length: 100 }, (_, number) => `${number} ${"a".repeat(97)}`);
    const { learning, measuring } = textParts(paragraphs.join("\n\n"))!;
    expect(learning.endsWith(paragraphs[79]!)).toBe(true);
    expect(measuring.startsWith("80 ")).toBe(true);
  });

  it("meet at a line, or at a word, where there are no paragraphs", () => {
    expect(textParts(Array.from({ length: 100 }, () => "a".repeat(99)).join("\n"))!.measuring).toMatch(/^a{99}\n/);
    expect(textParts("word ".repeat(2000))!.measuring).toMatch(/^word word/);
    expect(textParts("a".repeat(10_000))!.measuring).toHaveLength(2000);
  });

  it("are none of a text whose fifth is too short to measure on", () => {
    expect(textParts("word ".repeat(1000))).toBeUndefined();
    expect(textParts("")).toBeUndefined();
  });
});
