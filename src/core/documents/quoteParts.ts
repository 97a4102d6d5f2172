import { turnsMeaning } from "./sameWords";

/** Shorter parts of a quote stand in too many places to say anything. Words, and letters and digits. */
const leastWords = 3;
const leastLetters = 12;
/** Words that are left out take at most so much room, UTF-16 units. */
const widestGap = 400;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A quote around its "…", "..." and "[…]". */
export function partsOf(quote: string): readonly string[] {
  return quote.split(/[[(]?(?:\u2026|\.{3,})[\])]?/u).map((part) => part.trim()).filter((part) => /[\p{L}\p{N}]/u.test(part));
}

/**
 * From the first to the last of several parts that stand in one sentence in their order, with nothing left out between them
 * that could turn its meaning. `places` gives those of a part in order. Linear in the number of places.
 */
export function joinedParts(text: string, parts: readonly string[], places: (part: string) => Iterable<Stretch>): Stretch | undefined {
  if (!parts.every(isTelling)) return undefined;
  const [first = [], ...others] = parts.map((part) => [...places(part)]);
  const passed = others.map(() => 0);
  for (const { start, end } of first) {
    let last = end;
    const all = others.every((next, index) => {
      while ((next[passed[index]!]?.start ?? Number.POSITIVE_INFINITY) < last) passed[index]!++;
      const place = next[passed[index]!];
      if (!place || place.start - last > widestGap || turnsMeaning(text.slice(last, place.start))) return false;
      last = place.end;
      return true;
    });
    if (all) return { start, end: last };
  }
  return undefined;
}

function isTelling(part: string): boolean {
  const words = part.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length >= leastWords && words.join("").length >= leastLetters;
}
