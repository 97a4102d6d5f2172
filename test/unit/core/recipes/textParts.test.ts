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

  it("are found at once in a large text, near where it is to be cut", () => {
    const line = "word ".repeat(2 ** 22);
    const far = `${"a".repeat(700_000)}\n\n${"b".repeat(300_000)}`;
    const started = performance.now();
    expect(textParts(line)!.measuring).toMatch(/^word /);
    expect(performance.now() - started).toBeLessThan(300);
    expect(textParts(far)!.learning).toMatch(/b$/);
  });

  it("are none of a text whose fifth is too short to measure on", () => {
    expect(textParts("word ".repeat(1000))).toBeUndefined();
    expect(textParts("")).toBeUndefined();
  });
});
