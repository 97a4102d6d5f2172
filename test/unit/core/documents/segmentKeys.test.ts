import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentKeys } from "../../../../src/core/documents/segmentKeys";
import { segmentDocument } from "../../../../src/core/documents/segments";

const hash = (words: string) => createHash("sha256").update(words).digest("hex");
const keysOf = (paragraphs: readonly string[]) => {
  const text = paragraphs.join("\n\n");
  return segmentKeys(text, segmentDocument(text), hash);
};
/** Long enough to be a segment of its own. */
const paragraph = fc.integer({ min: 0, max: 10_000 }).map((number) => `Clause about matter ${number} that is long enough to stand as a passage of its own, number ${number}.`);

describe("keys of segments", () => {
  it("change only for an edited segment and the one after it", () => {
    fc.assert(fc.property(fc.array(paragraph, { minLength: 3, maxLength: 12 }), fc.nat(), (paragraphs, nth) => {
      const edited = nth % paragraphs.length;
      const before = keysOf(paragraphs);
      const after = keysOf(paragraphs.with(edited, paragraphs[edited]!.replace("Clause", "Phrase")));
      expect(before).toHaveLength(paragraphs.length);
      expect(after.flatMap((key, index) => (key === before[index] ? [] : [index]))).toEqual([edited, edited + 1].filter((index) => index < paragraphs.length));
    }));
  });

  it("do not depend on blanks, nor on the place behind the opening pages", () => {
    const front = Array.from({ length: 120 }, (_, index) => `Opening paragraph ${index} that is long enough to stand as a passage of its own before the others.`);
    fc.assert(fc.property(fc.array(paragraph, { minLength: 2, maxLength: 6 }), (paragraphs) => {
      const moved = keysOf([...front, "One more opening, which was added before everything else, as a passage.", ...paragraphs.map((words) => `   ${words.replace(/ /g, "  ")}`)]);
      expect(moved.slice(-paragraphs.length + 1)).toEqual(keysOf([...front, ...paragraphs]).slice(-paragraphs.length + 1));
    }), { numRuns: 20 });
  });

  it("tell the beginning of a document, where titles and parties stand", () => {
    const words = "This passage stands in two places of the document, and after the same passage.";
    const before = "This is the passage before it, which is long enough to stand for itself.";
    const filler = Array.from({ length: 20 }, (_, index) => `Filler ${index} that pushes what follows far from the beginning of the document.`);
    const keys = keysOf([before, words, ...filler, before, words]);
    expect(keys.at(-1)).not.toBe(keys[1]);
  });

  it("tell a passage by what stands before it, and the first by standing first", () => {
    const [a, b] = ["The supplier delivers the goods at its own cost and risk.", "The buyer pays within thirty days after the invoice date."];
    const keys = keysOf([a, b, a]);
    expect(new Set(keys).size).toBe(3);
    expect(keysOf([a, b, a, b])[3]).toBe(keys[1]);
  });

  it("do not give the words away", () => {
    const text = "The secret price is nine hundred thousand dollars for all of it.";
    expect(segmentKeys(text, segmentDocument(text), hash).join(" ")).toMatch(/^[0-9a-f ]+$/);
  });
});
