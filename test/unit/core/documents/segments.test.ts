import { describe, expect, it } from "vitest";
import { longestSegment, segmentDocument, segmentText } from "../../../../src/core/documents/segments";

const cut = (text: string) => segmentDocument(text).map((segment) => segmentText(text, segment));

const sentence = "The Supplier shall deliver the goods to the Customer in good time and in good order. ";

describe("segmentDocument", () => {
  it("finds nothing in nothing", () => {
    expect(segmentDocument("")).toEqual([]);
    expect(segmentDocument(" \n\t\r\n\u00a0 ")).toEqual([]);
  });

  it("gives trimmed offsets into the text", () => {
    const text = "\n  First paragraph of the agreement between us, the parties.  \n\n   Second paragraph.\n";
    expect(segmentDocument(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      "First paragraph of the agreement between us, the parties.",
      "Second paragraph.",
    ]);
  });

  it("joins hard-wrapped lines", () => {
    const text = "This Agreement shall be governed by the laws of the State\nof New York, without regard to its conflicts of laws\nprinciples.";
    expect(cut(text)).toEqual([text.replace(/\n/g, " ")]);
  });

  it("takes each line as a paragraph where lines are not wrapped", () => {
    const long = sentence.repeat(3).trim();
    expect(cut(`${long}\n${long}`)).toEqual([long, long]);
  });

  it("cuts in front of numbered clauses, on lines of their own and within a line", () => {
    const clauses = [
      "2.1 Fees. The Customer shall pay the fees set out in the order form.",
      "2.2 Taxes. All fees are exclusive of taxes, which the Customer shall bear.",
      "(a) Late payment bears interest at one and a half percent per month.",
      "Section 3. Either party may end this Agreement upon thirty days' notice.",
    ];
    expect(cut(clauses.join("\n"))).toEqual(clauses);
    expect(cut(clauses.join("   "))).toEqual(clauses);
  });

  it("leaves a reference to a section inside its sentence", () => {
    const text = "The fees under Section 2.1 and clause 4.2 (a) of this Agreement are due within thirty days of the invoice.";
    expect(cut(text)).toEqual([text]);
  });

  it("joins a heading with its clause", () => {
    expect(cut("7. Governing Law\nThis Agreement is governed by the laws of Delaware, without its conflict rules.")).toEqual([
      "7. Governing Law This Agreement is governed by the laws of Delaware, without its conflict rules.",
    ]);
  });

  it("treats all kinds of line ends alike", () => {
    const text = "First paragraph of this agreement.\n\nSecond paragraph of this agreement.";
    for (const lineEnd of ["\r\n", "\r", "\u2028", "\f"]) expect(cut(text.replace(/\n/g, lineEnd))).toEqual(cut(text));
  });

  it("cuts long paragraphs at sentence ends, into parts of similar length", () => {
    const text = sentence.repeat(40).trim();
    const parts = cut(text);
    expect(parts.join(" ")).toBe(text);
    for (const part of parts) {
      expect(part).toMatch(/order\.$/);
      expect(part.length).toBeGreaterThan(300);
      expect(part.length).toBeLessThanOrEqual(longestSegment);
    }
  });

  it("keeps surrogate pairs whole", () => {
    const text = `x${"\u{1f600}".repeat(2000)}`;
    for (const part of cut(text)) expect(part).not.toMatch(/^[\udc00-\udfff]/);
  });

  it("covers every character that is not blank, in order and without overlap", () => {
    const text = `TITLE\n\n1. One.\n\t(a) two; (b) three,\n and  more\r\n\r\n${sentence.repeat(12)}2.3 Next. ${"x".repeat(3000)}\n\u2022 bullet`;
    const segments = segmentDocument(text);
    let previous = 0;
    for (const { start, end } of segments) {
      expect(text.slice(previous, start).trim()).toBe("");
      expect(end).toBeGreaterThan(start);
      expect(end - start).toBeLessThanOrEqual(longestSegment);
      previous = end;
    }
    expect(text.slice(previous).trim()).toBe("");
  });

  it.each([
    ["no blank", "a"],
    ["only blanks", " "],
    ["words", "lorem ipsum "],
    ["sentences", sentence],
    ["clause numbers", "; (a) "],
    ["decimals", "1.1"],
    ["points and blanks", ".          "],
    ["short lines", "ab\n"],
    ["empty lines", "\n"],
    ["emoji", "\u{1f600}"],
  ])("takes time in proportion to the length of 5 MB of %s", (_, pattern) => {
    const text = pattern.repeat(5_000_000 / pattern.length);
    const begun = performance.now();
    const segments = segmentDocument(text);
    expect(performance.now() - begun).toBeLessThan(15_000);
    for (const { start, end } of segments) expect(end - start <= longestSegment).toBe(true);
  }, 60_000);
});

describe("segmentText", () => {
  it("turns every run of blanks into one space", () => {
    expect(segmentText("a \n\t b", { start: 0, end: 6 })).toBe("a b");
  });
});
