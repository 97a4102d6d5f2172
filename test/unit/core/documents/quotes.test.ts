import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearMatch } from "../../../../src/core/documents/nearMatch";
import { occurrences } from "../../../../src/core/documents/occurrences";
import { findQuote, quoteFinder } from "../../../../src/core/documents/quotes";
import { standsAlone } from "../../../../src/core/documents/wordBorders";

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
    ["an open end", "Buyer shall pay Supplier\u2026", "Buyer shall pay Supplier now.", "fuzzy Buyer shall pay Supplier"],
    ["an open end inside a word", "The Supplier can\u2026", "The Supplier cannot terminate.", "none"],
    ["left out words", "The Buyer shall ... within thirty days", "The Buyer shall pay each invoice within thirty days.", "fuzzy The Buyer shall pay each invoice within thirty days"],
    ["left out words, the first part twice", "The Buyer shall pay [\u2026] within thirty days", "The Buyer shall pay. The Buyer shall pay each invoice within thirty days.", "fuzzy The Buyer shall pay each invoice within thirty days"],
    ["parts in another order", "within thirty days ... the Buyer shall", "The Buyer shall pay within thirty days.", "none"],
    ["parts of one word", "The Supplier \u2026 is \u2026 unlimited", "The Supplier is paid. The liability is capped. Rights are unlimited.", "none"],
    ["parts of different sentences", "The Supplier shall \u2026 all rights are unlimited", "The Supplier shall pay. In that case all rights are unlimited.", "none"],
    ["parts around a negation", "The Supplier shall \u2026 disclose the data", "The Supplier shall not disclose the data.", "none"],
    ["parts around another verb", "the price list \u2026 shall be binding", "the price list may be changed, but the order shall be binding.", "none"],
    ["parts around a prefix", "the right granted is \u2026 exclusive in the Territory", "the right granted is wholly non-exclusive in the Territory.", "none"],
    ["a slip inside a long word", "Buyer shall pay each undispputed invoice", "Buyer shall pay each undisputed invoice.", "fuzzy Buyer shall pay each undisputed invoice"],
    ["a slip in the first word", "Undispted invoices are paid at once", "All undisputed invoices are paid at once.", "fuzzy undisputed invoices are paid at once"],
    ["other punctuation", "The Buyer, upon receipt, shall pay each invoice", "The Buyer upon receipt shall pay each **invoice**.", "fuzzy The Buyer upon receipt shall pay each **invoice"],
    ["a beginning inside a word", "Either party may assign", "Neither party may assign this Agreement.", "none"],
    ["a beginning inside a word, as it is", "either party may assign", "Neither party may assign this Agreement.", "none"],
    ["a beginning inside a word, nearly", "Either party may assign this Agrement to an affiliate", "Neither party may assign this Agreement to an affiliate.", "none"],
    ["a part of a compound", "exclusive right to use", "a non-exclusive right to use the Software", "none"],
    ["an end inside a word", "The Supplier shall not", "The Supplier shall notify the Buyer.", "none"],
    ["an end before a short negation", "The Supplier can", "The Supplier can't terminate.", "none"],
    ["a part of a number", "a fee of $1,000", "a fee of $1,000,000 is due", "none"],
    ["a part of a Russian number", "цена 120", "цена 120 000 рублей", "none"],
    ["a number at the end of a list", "items 1, 2", "items 1, 2, 3 and others", "exact items 1, 2"],
    ["a syllable", "No", "the Notice shall be in writing", "none"],
    ["a script without blanks", "供应商应付款", "因此供应商应付款给买方", "exact 供应商应付款"],
    ["a script without blanks, negated", "供应商应当在收到订单后三十日内向买方交付本协议项下的货物", "供应商不应当在收到订单后三十日内向买方交付本协议项下的货物", "none"],
    ["too short to be near", "pay Suppplier", "Buyer shall pay Supplier.", "none"],
    ["part of a word only", "ER M", "Supplier may.", "none"],
    ["nothing", "", "text", "none"],
    ["marks alone", "...", "one ... two", "none"],
  ])("%s", (_, quote, text, expected) => expect(at(text, quote)).toBe(expected));

  it("does not take another number or a negation for the same statement", () => {
    const text = "Supplier shall deliver the Products to the plant within thirty (30) days after the order.";
    expect(at(text, text.replace("Products", "Produccts"))).toMatch(/^fuzzy/);
    expect(at(text, text.replace("to the plant", "at the plant"))).toBe("none");
    expect(at(text, text.replace("30", "60"))).toBe("none");
    expect(at(text, text.replace("shall", "shall not"))).toBe("none");
  });

  it.each([
    ["The Supplier cannot terminate this Agreement for convenience at any time.", "cannot", "can"],
    ["The Licensor grants the Licensee a non-exclusive right to use the Software in the Territory.", "non-exclusive", "exclusive"],
    ["The Supplier shall deliver a failure rate of ≤ 5 for each thousand of the Products.", "≤", "≥"],
    ["The liability of the Supplier under this Agreement is unlimited in all cases.", "unlimited", "limited"],
    ["Either party may terminate this Agreement within thirty days after written notice.", "thirty", "ninety"],
    ["The Employer shall return all documents to the other party upon termination.", "Employer", "Employee"],
    ["The Licensor may terminate this Agreement by written notice at the end of a year.", "Licensor", "Licensee"],
    ["The Supplier shall deliver the Products with a certificate of quality to the plant.", "with", "without"],
    ["The Supplier may deliver the Products ahead of time to the plant of the Buyer.", "may", "shall"],
    ["The license fee is €100 for each named user and each month of the term.", "€", "$"],
    ["Договор является недействительным с даты его подписания обеими сторонами.", "недействительным", "действительным"],
    ["Лицензиар вправе в любое время расторгнуть настоящий договор по своему усмотрению.", "Лицензиар", "Лицензиат"],
    ["Покупатель оплачивает Поставщику стоимость товара в полном объёме в рублях.", "Поставщику", "Поставщик"],
  ])("does not take a word for its opposite: %s", (text, one, other) => {
    const changed = text.replace(one, other);
    expect(findQuote(text, text).match).toBe("exact");
    expect(findQuote(text, changed)).toEqual({ text: changed, match: "none" });
    expect(findQuote(changed, text)).toEqual({ text, match: "none" });
  });

  it("leaves out the word that a long quote was cut off in", () => {
    const text = `${sample.slice(sample.indexOf(" ", 2_000) + 1, sample.indexOf(" ", 2_260))} undisputed`;
    const found = findQuote(text, text.slice(0, -4));
    expect(found).toMatchObject({ start: 0, end: text.lastIndexOf(" "), text: text.slice(0, text.lastIndexOf(" ")) });
    expect(findQuote("Buyer pays every undisputed invoice", "Buyer pays every undispu").match).toBe("none");
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

const squeezed = (words: string) => words.replace(/\s+/g, "").toLowerCase();

/** A passage of several words of one of the samples, in lines of its own text. */
const passage = fc.tuple(fc.constantFrom(sample, russian), fc.nat(), fc.integer({ min: 60, max: 300 })).map(([text, from, length]) => {
  const start = text.indexOf(" ", from % (text.length - 400)) + 1;
  const end = text.lastIndexOf(" ", start + length);
  return { text, start, quote: text.slice(start, end).trim() };
}).filter(({ text, start, quote }) => standsAlone(text, text.indexOf(quote, start), text.indexOf(quote, start) + quote.length));

describe("findQuote, properties", () => {
  it("finds every slice of whole words as it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.nat(), fc.nat(), (text, a, b) => {
      const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
      const quote = text.slice(start, end).trim();
      const found = findQuote(text, quote);
      if (!/[\p{L}\p{N}]/u.test(quote)) return found.match === "none";
      const at = text.indexOf(quote, start);
      return !standsAlone(text, at, at + quote.length) || (found.match === "exact" && text.slice(found.start, found.end) === quote);
    }));
  });

  it("finds a passage at its place when its blanks have changed", () => {
    fc.assert(fc.property(passage, fc.constantFrom("\n", "   ", "\t", "\u00a0\u00a0"), ({ text, start, quote }, blank) => {
      const changed = quote.replace(/\s+/g, blank);
      const found = findQuote(text, changed);
      return found.match !== "none" && text.slice(found.start, found.end) === quote && (found.match === "blanks" || !/\s/.test(quote) || text.includes(changed)) && found.start <= start + 2;
    }), { numRuns: 60 });
  });

  it("finds a passage with one letter doubled in the middle of its longest word, over its place", () => {
    fc.assert(fc.property(passage, ({ text, start, quote }) => {
      const [longest = ""] = (quote.match(/(?<![\p{L}\d])\p{L}{9,}(?!\p{L})/gu) ?? []).sort((a, b) => b.length - a.length);
      if (longest === "") return true;
      const wrong = quote.replace(longest, `${longest.slice(0, 5)}${longest.slice(4)}`);
      const found = findQuote(text, wrong);
      return found.match === "fuzzy" && found.start < start + quote.length && found.end > start;
    }), { numRuns: 60 });
  });

  it("takes no passage for one with a word put in, left out or turned into its opposite", () => {
    const words = fc.constantFrom("not", "cannot", "can", "may", "shall", "thirty", "ninety", "unless", "without", "не", "вправе", "тридцать");
    const prefixes = fc.constantFrom("un", "in", "non-", "non", "dis", "не", "без", "sub");
    fc.assert(fc.property(passage, fc.nat(), words, prefixes, fc.constantFrom("put in", "left out", "replaced", "prefix", "prefix taken"), ({ text, quote }, place, word, prefix, how) => {
      const list = quote.split(/\s+/);
      const inside = 1 + (place % (list.length - 2));
      const old = list[inside]!;
      if (how !== "put in" && !/^\p{L}+$/u.test(old)) return true;
      const replaced = { "put in": [word, old], "left out": [], replaced: [word], prefix: [prefix + old], "prefix taken": [old.slice(2)] }[how];
      const changed = list.toSpliced(inside, 1, ...replaced).join(" ");
      return squeezed(text).includes(squeezed(changed)) || findQuote(text, changed).match === "none";
    }), { numRuns: 100 });
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
