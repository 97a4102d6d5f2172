import { describe, expect, it } from "vitest";
import { kindOf } from "../../../../src/core/documents/contractKinds";
import { factsByPatterns } from "../../../../src/core/documents/facts";
import { languageOf } from "../../../../src/core/documents/language";
import { obligationsByPatterns } from "../../../../src/core/documents/obligations";
import { outline } from "../../../../src/core/documents/outline";
import { cutParts } from "../../../../src/core/documents/parts";
import { ownFindings } from "../../../../src/core/documents/ownFindings";
import { findQuote } from "../../../../src/core/documents/quotes";

const long = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** Texts of one line that tempt patterns to look far. Whoever looks at each place again does not end within the test's time. */
const texts: readonly (readonly [string, string])[] = [
  ["no blanks", long("a", 5_000_000)],
  ["blanks only", long(" ", 5_000_000)],
  ["zero width", long("a\u200b", 1_000_000)],
  ["right to left", long("\u05d7\u05d5\u05d6\u05d4 \u05d6\u05d4 ", 500_000)],
  ["lone surrogates", long("\ud800", 500_000)],
  ["NUL", long("\0", 500_000)],
  ["brackets and marks", long('("', 500_000)],
  ["full stops", long(". ", 500_000)],
  ["numbers", long("1.1 A ", 300_000)],
  ["amounts", long("$1,000 ", 300_000)],
  ["dates", long("March 1, 2024 ", 300_000)],
  ["parties", long('between A, Inc. (the "B") and ', 300_000)],
  ["duties", long("Supplier shall ", 300_000)],
  ["Russian duties", long("Поставщик обязуется в течение 10 дней ", 300_000)],
  ["laws", long("governed by the laws of A ", 300_000)],
];
const own = [{ name: "Own", description: "", severity: "warning" as const, examples: ["The supplier shall deliver the goods."] }];

describe("a hostile text", () => {
  it.each(texts)("of %s is read to its end, with places inside of it", (_, text) => {
    const parts = cutParts(text, 6_000);
    expect(parts.length).toBeLessThanOrEqual((2 * text.length) / 3_000 + 1);
    const places = [...parts, ...outline(text), ...ownFindings(text, own)];
    for (const { quote } of [...factsByPatterns(text, []), ...obligationsByPatterns(text)]) {
      if (quote.match === "none" || text.slice(quote.start, quote.end) !== quote.text) expect.fail(`not the text's words: ${quote.text.slice(0, 80)}`);
    }
    if (places.some(({ start, end }) => start < 0 || end > text.length || end <= start)) expect.fail("a place outside of the text");
    expect(findQuote(text, "The quick brown fox jumps over the lazy dog of the supplier.").match).toBe("none");
    expect(kindOf(text)).toBeUndefined();
    expect(["English", "Russian", "other"]).toContain(languageOf(text));
  });
});
