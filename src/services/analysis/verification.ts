import { findQuote, quoteFinder } from "../../core/documents/quotes";
import type { Quote } from "../../protocol/documents";

/** A stretch of the text that a model was shown, `[start, end)` in UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

const order: Readonly<Record<Quote["match"], number>> = { exact: 0, blanks: 1, fuzzy: 2, none: 3 };

/** Searches quotes in what the model was shown, and gives their places in the whole text. Each is searched once: answers are read again while they grow. */
export function quotesIn(text: string, shown: readonly Stretch[]): (quote: string) => Quote {
  const finders = shown.map(({ start, end }) => {
    const find = quoteFinder(text.slice(start, end));
    return (words: string): Quote => {
      const quote = find(words);
      return quote.match === "none" ? quote : { ...quote, start: quote.start + start, end: quote.end + start };
    };
  });
  const searched = new Map<string, Quote>();
  return (words) => {
    let best: Quote = searched.get(words) ?? { text: words, match: "none" };
    if (searched.has(words)) return best;
    for (const find of finders) {
      const quote = find(words);
      if (order[quote.match] < order[best.match]) best = quote;
      if (best.match === "exact") break;
    }
    searched.set(words, best);
    return best;
  };
}

/** Whether every number of a statement stands in the text that it is about: a number that does not was made up. */
export function numbersStand(statement: string, text: string): boolean {
  const known = numbersIn(text);
  return [...numbersIn(statement)].every((number) => known.has(number));
}

/** "12,000" and "12 000" with groups of three digits, else digits with decimals. */
const number = /(?<!\d)(\d{1,3}(?:[.,'\u2019 \u00a0\u2009\u202f]\d{3}(?!\d))+|\d+)(?:[.,](\d+))?/g;

/** Whole numbers, however they are written: "$12,000.00" and "12 000" are 12000. */
function numbersIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(number)].map(([, whole = "", decimals = ""]) => {
    const integer = whole.replace(/\D/g, "").replace(/^0+(?=\d)/, "");
    const fraction = decimals.replace(/0+$/, "");
    return fraction === "" ? integer : `${integer}.${fraction}`;
  }));
}

/** Whether a quote says a fact's value: in its own words, but for the marks of thousands and what contracts put in brackets ("three (3) years"). */
export function saysValue(quote: string, value: string): boolean {
  const plain = (words: string) => words.replace(/(?<=\d)[.,'\u2019\s](?=\d{3}(?!\d))/g, "");
  const readings = [quote, quote.replace(/[()]/g, ""), quote.replace(/\([^()]*\)/g, "")];
  return readings.some((words) => findQuote(plain(words), plain(value)).match !== "none");
}

/** Keeps all that was found in the text, and of the rest, in order, at most so many that they are a third of the list. */
export function mostlyFound<T>(statements: readonly T[], isFound: (statement: T) => boolean): readonly T[] {
  let room = Math.floor(statements.filter(isFound).length / 2);
  return statements.filter((statement) => isFound(statement) || room-- > 0);
}
