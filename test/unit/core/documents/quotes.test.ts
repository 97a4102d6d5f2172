import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearMatch } from "../../../../src/core/documents/nearMatch";
import { occurrences } from "../../../../src/core/documents/occurrences";
import { findQuote, quoteFinder } from "../../../../src/core/documents/quotes";

const sample = readFileSync("media/samples/supply-agreement.md", "utf8");
const russian = readFileSync("media/samples/supply-agreement-ru.md", "utf8");

const at = (text: string, quote: string) => {
  const found = findQuote(text, quote);
  return found.match === "none" ? "none" : `${found.match} ${text.slice(found.start, found.end)}`;
};

describe("findQuote", () => {
  it.each([
    ["exact", "shall pay Supplier", "Buyer shall pay Supplier now.", "exact shall pay Supplier"],
    ["a blank at the ends", "  shall pay\n", "Buyer shall pay Supplier now.", "exact shall pay"],
    ["a whole word before a part of one", "Term", "Terminate the Term.", "exact Term"],
    ["other blanks", "shall pay Supplier", "Buyer shall\n   pay\u00a0Supplier now.", "blanks shall\n   pay\u00a0Supplier"],
    ["letter case and typographic marks", 'the "Buyer\'s" plant - now', "At the \u201cBuyer\u2019s\u201d PLANT \u2014 now.", "blanks the \u201cBuyer\u2019s\u201d PLANT \u2014 now"],
    ["soft hyphens, zero width", "agreement", "This agree\u00adm\u200bent.", "blanks agree\u00adm\u200bent"],
    ["ё and е", "чёрный ворон", "Черный ворон", "blanks Черный ворон"],
    ["quotation marks of the model", '"shall pay"', "Buyer shall pay now.", "exact shall pay"],
    ["an open end", "Buyer shall pay Supp\u2026", "Buyer shall pay Supplier.", "blanks Buyer shall pay Supp"],
    ["left out words", "Buyer shall ... within thirty days", "Buyer shall pay each invoice within thirty days.", "fuzzy Buyer shall pay each invoice within thirty days"],
    ["parts in another order", "within thirty days ... Buyer shall", "Buyer shall pay within thirty days.", "none"],
    ["some other letters", "Buyer shal pay each undisputd invoice", "Buyer shall pay each undisputed invoice.", "fuzzy Buyer shall pay each undisputed invoice"],
    ["too short to be near", "Buyer shal pay", "Buyer shall pay.", "none"],
    ["part of a word only", "ER M", "Supplier may.", "none"],
    ["nothing", "", "text", "none"],
    ["marks alone", "...", "one ... two", "none"],
  ])("%s", (_, quote, text, expected) => expect(at(text, quote)).toBe(expected));

  it("does not take another number or a negation for the same statement", () => {
    const text = "Supplier shall deliver the Products to the plant within thirty (30) days after the order.";
    expect(at(text, text.replace("to the plant", "at the plant"))).toMatch(/^fuzzy/);
    expect(at(text, text.replace("30", "60"))).toBe("none");
    expect(at(text, text.replace("shall", "shall not"))).toBe("none");
  });

  it("finds nothing that was made up", () => {
    const finder = quoteFinder(sample);
    for (const quote of ["Supplier shall indemnify Buyer against all patent claims of third parties.", "This Agreement shall be governed by the laws of the State of Delaware.", "Поставщик обязан возместить убытки", "The Buyer may terminate this Agreement for cause upon breach."]) expect(finder(quote).match).toBe("none");
  });

  it("never splits a character of two units", () => {
    const text = "Price \u{1f600} agreed \u{1f600}";
    const found = findQuote(text, "AGREED \u{1f600}");
    expect(found.match !== "none" && text.slice(found.start, found.end)).toBe("agreed \u{1f600}");
  });
});

/** A passage of several words of one of the samples, in lines of its own text. */
const passage = fc.tuple(fc.constantFrom(sample, russian), fc.nat(), fc.integer({ min: 60, max: 300 })).map(([text, from, length]) => {
  const start = text.indexOf(" ", from % (text.length - 400)) + 1;
  const end = text.lastIndexOf(" ", start + length);
  return { text, start, quote: text.slice(start, end).trim() };
});

describe("findQuote, properties", () => {
  it("finds every slice as it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.nat(), fc.nat(), (text, a, b) => {
      const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
      const quote = text.slice(start, end).trim();
      const found = findQuote(text, quote);
      if (!/[\p{L}\p{N}]/u.test(quote)) return found.match === "none";
      return found.match === "exact" && text.slice(found.start, found.end) === quote;
    }));
  });

  it("finds a passage at its place when its blanks have changed", () => {
    fc.assert(fc.property(passage, fc.constantFrom("\n", "   ", "\t", "\u00a0\u00a0"), ({ text, start, quote }, blank) => {
      const changed = quote.replace(/\s+/g, blank);
      const found = findQuote(text, changed);
      return found.match !== "none" && text.slice(found.start, found.end) === quote && (found.match === "blanks" || !/\s/.test(quote) || text.includes(changed)) && found.start <= start + 2;
    }), { numRuns: 60 });
  });

  it("finds a passage with one letter in thirty wrong, over its place", () => {
    fc.assert(fc.property(passage, fc.integer({ min: 0, max: 29 }), ({ text, start, quote }, shift) => {
      const weighty = /\d|(?<!\p{L})(?:not|no|never|nor|without|не|нет|ни|без)(?!\p{L})/iu;
      if (weighty.test(quote)) return true;
      const wrong = [...quote].map((letter, i) => (i % 30 === shift && /\p{L}/u.test(letter) ? "ъ" : letter)).join("");
      const found = findQuote(text, wrong);
      return wrong === quote || (found.match === "fuzzy" && found.start < start + quote.length && found.end > start);
    }), { numRuns: 60 });
  });

  it("finds no other text", () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom(..."bcdfghjklmnpqrstvwxz"), minLength: 3, maxLength: 9 }), { minLength: 6, maxLength: 20 });
    fc.assert(fc.property(words, (list) => findQuote(sample, list.join(" ")).match === "none"), { numRuns: 100 });
  });

  it("gives places inside of hostile texts, without blanks at their ends", () => {
    const hostile = fc.string({ unit: fc.constantFrom("a", "b", " ", "\u200b", "\ud83d", "\ude00", "\u05d0", "\n", ".", "\u2026", "\0"), maxLength: 300 });
    fc.assert(fc.property(hostile, hostile, (text, quote) => {
      const found = findQuote(text, quote);
      if (found.match === "none") return true;
      const words = text.slice(found.start, found.end);
      return found.start >= 0 && found.end <= text.length && words === words.trim() && words.length > 0;
    }), { numRuns: 300 });
  });
});

/** The same units, counting how often one is read. */
function counting(text: string): { units: Uint16Array; reads: () => number } {
  let reads = 0;
  const units = Uint16Array.from(text, (letter) => letter.charCodeAt(0));
  const proxy = new Proxy(units, {
    get(target, key) {
      if (typeof key === "string" && /^\d/.test(key)) reads++;
      return Reflect.get(target, key, target);
    },
  });
  return { units: proxy, reads: () => reads };
}

describe("the cost of a search", () => {
  it.each([
    ["exact", (text: Uint16Array, quote: Uint16Array) => [...occurrences(text, quote)].length],
    ["near", (text: Uint16Array, quote: Uint16Array) => nearMatch(text, quote, 30)],
  ])("%s grows with the text, not with its square", (_, search) => {
    const quote = Uint16Array.from(`${"a".repeat(199)}b`, (letter) => letter.charCodeAt(0));
    const cost = (length: number) => {
      const text = counting("a".repeat(length));
      search(text.units, quote);
      return text.reads();
    };
    expect(cost(40_000)).toBeLessThan(2.2 * cost(20_000));
    expect(cost(20_000)).toBeLessThan(10 * 20_000);
  });
});
