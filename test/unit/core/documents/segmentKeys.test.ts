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
      const after = keysOf(paragraphs.with(edited, `${paragraphs[edited]} Edited.`));
      expect(before).toHaveLength(paragraphs.length);
      expect(after.flatMap((key, index) => (key === before[index] ? [] : [index]))).toEqual([edited, edited + 1].filter((index) => index < paragraphs.length));
    }));
  });

  it("do not depend on place or blanks", () => {
    fc.assert(fc.property(fc.array(paragraph, { minLength: 2, maxLength: 6 }), (paragraphs) => {
      const shifted = keysOf(["An opening that was added before everything else, as a passage of its own.", ...paragraphs.map((words) => `   ${words.replace(/ /g, "  ")}`)]);
      expect(shifted.slice(2)).toEqual(keysOf(paragraphs).slice(1));
    }));
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
