import type { Quote } from "../../protocol/model";
import { fold, unitsOf, type Folded } from "./folding";
import { nearMatch } from "./nearMatch";
import { occurrences } from "./occurrences";

/** Shorter quotes must stand in the text but for blanks: a near match of a few words says nothing. UTF-16 units. */
export const shortestNearQuote = 24;
/** Edits allowed, as a share of the quote's length without blanks. */
export const mostEdits = 0.15;
/** A quote this long, without blanks, may begin or end inside a word when it is searched but for blanks. */
const longEnoughWithinWords = 12;
/** The parts of a quote with "…" in its middle lie at most this far apart, UTF-16 units. */
const widestGap = 2_000;

/**
 * Searches a quote in a text: as it is; then but for blanks, letter case and the shape of quotation marks and dashes;
 * then with up to 15 % of its characters changed, if it has at least 24 and every number and negation in it is the
 * text's own. A quote with "…" or "..." matches by its parts, in their order. The place has no blanks at its ends.
 * A quote that was made up gives "none".
 */
export function findQuote(text: string, quote: string): Quote {
  return quoteFinder(text)(quote);
}

/** `findQuote` for many quotes of one text: what the search needs of the text is made once. */
export function quoteFinder(text: string): (quote: string) => Quote {
  let units: Uint16Array | undefined;
  let folded: Folded | undefined;
  const searched: Searched = {
    text,
    get units() {
      return (units ??= unitsOf(text));
    },
    get folded() {
      return (folded ??= fold(text));
    },
  };
  return (quote) => {
    const words = quote.trim();
    const found = findWhole(searched, words) ?? findWhole(searched, withoutMarks(words)) ?? findParts(searched, words);
    return found ? { text: words, ...found } : { text: words, match: "none" };
  };
}

interface Searched {
  readonly text: string;
  readonly units: Uint16Array;
  readonly folded: Folded;
}

interface Place {
  readonly match: "exact" | "blanks" | "fuzzy";
  readonly start: number;
  readonly end: number;
}

function findWhole(searched: Searched, words: string, from = 0): Place | undefined {
  if (!/[\p{L}\p{N}]/u.test(words)) return undefined;
  return findExact(searched, words, from) ?? findFolded(searched, words, from) ?? findNear(searched, words, from);
}

function findExact({ text, units }: Searched, words: string, from: number): Place | undefined {
  let first: Place | undefined;
  for (const at of occurrences(units.subarray(from), unitsOf(words))) {
    const place: Place = { match: "exact", start: from + at, end: from + at + words.length };
    if (standsAlone(text, place)) return place;
    first ??= place;
  }
  return first;
}

function findFolded(searched: Searched, words: string, from: number): Place | undefined {
  const quote = fold(words).units;
  const begin = firstFolded(searched.folded, from);
  for (const at of occurrences(searched.folded.units.subarray(begin), quote)) {
    const place = placeOf(searched, "blanks", begin + at, begin + at + quote.length);
    if (quote.length >= longEnoughWithinWords || standsAlone(searched.text, place)) return place;
  }
  return undefined;
}

function findNear(searched: Searched, words: string, from: number): Place | undefined {
  if (words.length < shortestNearQuote) return undefined;
  const quote = fold(words).units;
  const begin = firstFolded(searched.folded, from);
  const near = nearMatch(searched.folded.units.subarray(begin), quote, Math.floor(mostEdits * quote.length));
  if (!near) return undefined;
  const place = placeOf(searched, "fuzzy", begin + near.start, begin + near.end);
  return saysTheSame(words, searched.text.slice(place.start, place.end)) ? place : undefined;
}

/** Parts around "…", in order and not far from each other; the first one may stand anywhere. */
function findParts(searched: Searched, words: string): Place | undefined {
  const parts = withoutMarks(words)
    .split(/[[(]?(?:\u2026|\.{3,})[\])]?/u)
    .map((part) => part.trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
  if (parts.length === 0 || parts[0] === words) return undefined;
  let whole: Place | undefined;
  for (const part of parts) {
    const found = findWhole(searched, part, whole?.end ?? 0);
    if (!found || (whole && found.start - whole.end > widestGap)) return undefined;
    if (whole) whole = { match: "fuzzy", start: whole.start, end: found.end };
    else whole = found.match === "exact" ? { ...found, match: "blanks" } : found;
  }
  return whole;
}

/** One edit can change what a sentence says: its numbers and negations must be the same, in the same order. */
function saysTheSame(quote: string, place: string): boolean {
  const weighty = (words: string) => (words.toLowerCase().match(/\d+|(?<!\p{L})(?:not|no|never|nor|without|не|нет|ни|без)(?!\p{L})/gu) ?? []).join(" ");
  return weighty(quote) === weighty(place);
}

function placeOf({ text, folded }: Searched, match: Place["match"], from: number, to: number): Place {
  const start = folded.places[from] ?? 0;
  const last = folded.places[to - 1] ?? start;
  return { match, start: splitsPair(text, start) ? start - 1 : start, end: splitsPair(text, last + 1) ? last + 2 : last + 1 };
}

/** Index of the first folded unit at or after an offset of the text. */
function firstFolded({ places }: Folded, offset: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a place neither begins nor ends inside a word. */
function standsAlone(text: string, { start, end }: Place): boolean {
  const inWord = (at: number) => /^[\p{L}\p{N}]{2}$/u.test(text.slice(Math.max(0, at - 1), at + 1));
  return !inWord(start) && !inWord(end);
}

function splitsPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}

/** Models like to put a quote into quotation marks of their own. */
function withoutMarks(words: string): string {
  return words.replace(/^["'\u201c\u201e\u2018\u00ab]+|["'\u201d\u201c\u2019\u00bb]+$/gu, "").trim();
}
