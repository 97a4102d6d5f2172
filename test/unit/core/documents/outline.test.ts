import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outline } from "../../../../src/core/documents/outline";
import { cutParts } from "../../../../src/core/documents/parts";

const sample = readFileSync("media/samples/supply-agreement.md", "utf8");
const russian = readFileSync("media/samples/supply-agreement-ru.md", "utf8");
const titles = (text: string) => outline(text).map(({ title, level }) => `${level} ${title}`);

describe("outline", () => {
  it.each([
    ["Markdown", "# Lease\ntext\n## Rent\ntext", ["1 Lease", "2 Rent"]],
    ["capitals", "TERM AND TERMINATION\nThis ends.\nNOTICES\nBy mail.", ["1 TERM AND TERMINATION", "1 NOTICES"]],
    ["articles and sections", "ARTICLE IV FEES\nSection 4.1 Price. Buyer pays.", ["1 ARTICLE IV FEES", "2 Section 4.1 Price"]],
    ["numbers", "5. Term\ntext\n5.2 Renewal. It renews.\n5.2.1 Notice. By mail.", ["1 5. Term", "2 5.2 Renewal", "3 5.2.1 Notice"]],
    ["Russian", "Статья 5. Срок\n5.2. Продление договора\n§ 6 Общие положения", ["1 Статья 5. Срок", "2 5.2. Продление договора", "1 § 6 Общие положения"]],
    ["clauses on one line", `The parties agree as follows${" and so on".repeat(20)}. 1. Term. It lasts. 2. Notices. By mail.`, ["1 1. Term", "1 2. Notices"]],
    ["no table of contents", "1. Term . . . . . . . . 3\n", []],
    ["no reference", "Section 4 applies to all orders.", []],
    ["no prose", "It was the best of times, it was the worst of times.", []],
  ])("%s", (_, text, expected) => expect(titles(text)).toEqual(expected));

  it("nests the numbered clauses of the samples", () => {
    expect(titles(sample).slice(0, 3)).toEqual(["1 SUPPLY AGREEMENT", "2 1. SUPPLY AND PURCHASE", "3 1.1 Orders"]);
    expect(titles(russian).at(-2)).toBe("4 7.3.2. Хранить документы о качестве Товара в течение пяти лет");
  });

  it("lets a section reach to the next of its level or above", () => {
    const text = "# A\none\n## B\ntwo\n# C\nthree\n";
    expect(outline(text).map(({ start, end }) => text.slice(start, end))).toEqual(["# A\none\n## B\ntwo", "## B\ntwo", "# C\nthree"]);
  });
});

describe("cutParts", () => {
  it("packs whole sections, by preference up to one of a high level", () => {
    const parts = cutParts(sample, 3_000);
    expect(parts.map(({ title }) => title)).toEqual(["SUPPLY AGREEMENT", "2. PRICES AND PAYMENT", "5. COMPETITION", "8. GENERAL"]);
  });

  it("cuts what is too long after paragraphs, then sentences, then words", () => {
    const text = `${"One two. ".repeat(8)}\n\n${"Three four. ".repeat(20)}`;
    expect(cutParts(text, 100).map(({ start, end }) => text.slice(start, end))[0]).toBe("One two. ".repeat(8).trim());
    for (const { start, end } of cutParts(text, 100)) expect(text.slice(start, end)).toMatch(/\.$/);
    for (const { start, end } of cutParts("word ".repeat(100), 33)) expect("word ".repeat(100).slice(start, end)).toMatch(/^word.*word$/);
  });

  it("gives ordered parts that hold all but blanks, none too long, and splits no character", () => {
    const line = fc.oneof(fc.constantFrom("# A", "1. Term", "1.2 Fee. It is due.", "ARTICLE V", "", "   ", "\u{1f600}\u{1f600}\u{1f600}", "\u05d0\u200b\u05d1", "\ud83d"), fc.lorem({ maxCount: 12 }));
    fc.assert(fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom("\n", "\r\n", " ", ""), fc.integer({ min: 2, max: 120 }), (lines, end, longest) => {
      const text = lines.join(end);
      const parts = cutParts(text, longest);
      let last = 0;
      for (const part of parts) {
        expect(part.end - part.start).toBeLessThanOrEqual(longest);
        expect(text.slice(last, part.start).trim()).toBe("");
        expect(text.slice(part.start - 1, part.start + 1)).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
        expect(part.end).toBeGreaterThan(part.start);
        last = part.end;
      }
      expect(text.slice(last).trim()).toBe("");
    }), { numRuns: 200 });
  });
});
