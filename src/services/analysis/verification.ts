import { quoteFinder } from "../../core/documents/quotes";
import type { Quote } from "../../protocol/model";

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
  const numbers = statement.match(/\d+(?:[.,\s]\d+)*/g) ?? [];
  if (numbers.length === 0) return true;
  const known = new Set(text.match(/\d+/g) ?? []);
  const joined = text.replace(/(?<=\d)[.,\s](?=\d)/g, "");
  return numbers.every((number) => {
    const digits = number.replace(/\D/g, "");
    return (digits.length > 3 && joined.includes(digits)) || number.split(/\D+/).every((part) => known.has(part));
  });
}

/** Keeps all that was found in the text, and of the rest, in order, at most so many that they are a third of the list. */
export function mostlyFound<T>(statements: readonly T[], isFound: (statement: T) => boolean): readonly T[] {
  let room = Math.floor(statements.filter(isFound).length / 2);
  return statements.filter((statement) => isFound(statement) || room-- > 0);
}
