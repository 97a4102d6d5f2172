import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TextEdit, moved, movedAll } from "../../../src/ui/inlineAnalysis/movedFinding";

describe("a passage under edits", () => {
  const passage = { start: 10, end: 20 };
  it.each([
    ["typing in front of it", { offset: 3, removed: 0, inserted: 5 }, { start: 15, end: 25 }],
    ["typing right at its start", { offset: 10, removed: 0, inserted: 2 }, { start: 12, end: 22 }],
    ["deleting right up to its start", { offset: 6, removed: 4, inserted: 0 }, { start: 6, end: 16 }],
    ["typing right behind it", { offset: 20, removed: 0, inserted: 3 }, passage],
    ["deleting far behind it", { offset: 30, removed: 4, inserted: 0 }, passage],
    ["typing inside it", { offset: 15, removed: 0, inserted: 1 }, undefined],
    ["replacing its first letter", { offset: 10, removed: 1, inserted: 1 }, undefined],
    ["deleting across its start", { offset: 5, removed: 8, inserted: 0 }, undefined],
    ["deleting all of it", { offset: 0, removed: 100, inserted: 0 }, undefined],
  ])("%s", (_what, edit, expected) => expect(moved(passage, edit)).toEqual(expected));

  it("stays on its words or goes, whatever is edited", () => {
    const edit = fc.record({ at: fc.nat(), removed: fc.nat(6), text: fc.string({ maxLength: 6 }) });
    fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.nat(), fc.nat(), fc.array(edit, { maxLength: 20 }), (original, from, length, edits) => {
      const start = from % original.length;
      const end = Math.min(original.length, start + 1 + (length % 10));
      let text = original;
      const applied: TextEdit[] = [];
      for (const { at, removed, text: inserted } of edits) {
        const offset = at % (text.length + 1);
        const count = Math.min(removed, text.length - offset);
        text = text.slice(0, offset) + inserted + text.slice(offset + count);
        applied.push({ offset, removed: count, inserted: inserted.length });
      }
      for (const left of movedAll([{ start, end }], applied)) expect(text.slice(left.start, left.end)).toBe(original.slice(start, end));
    }));
  });

  it("is not lost by edits outside of it", () => {
    fc.assert(fc.property(fc.array(fc.record({ before: fc.boolean(), inserted: fc.nat(5) }), { maxLength: 30 }), (edits) => {
      let start = 10;
      const applied = edits.map(({ before, inserted }): TextEdit => {
        const offset = before ? start - 1 : start + 10;
        if (before) start += inserted;
        return { offset, removed: 0, inserted };
      });
      expect(movedAll([passage], applied)).toEqual([{ start, end: start + 10 }]);
    }));
  });
});
