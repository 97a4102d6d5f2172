import type { Quote } from "../../protocol/documents";
import { fold, unitsOf, type Folded } from "./folding";
import { nearMatch } from "./nearMatch";
import { occurrences } from "./occurrences";
import { joinedParts, partsOf } from "./quoteParts";
import { sameWords } from "./sameWords";
import { insideWord, standsAlone } from "./wordBorders";

/** Shorter quotes must stand in the text but for blanks: a near match of a few words says nothing. UTF-16 units. */
export const shortestNearQuote = 24;
/** Edits allowed, as a share of the quote's length without blanks. */
export const mostEdits = 0.15;
/** A quote this long may have been cut off inside its last word, which then is left out of it. UTF-16 units. */
const mayBeCutOff = 200;
/** A place that was found but for edits is widened by at most so many UTF-16 units to whole words. */
const widest = 40;

/**
 * Searches a quote in a text: as it is; then but for blanks, letter case and the shape of quotation marks and dashes;
 * then, if it has at least 24 characters, but for punctuation and slips inside long words (sameWords.ts). A quote with
 * "…" or "..." matches by its parts (quoteParts.ts). The place holds whole words. A quote that was made up gives "none".
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
    const found = find(searched, words);
    if (found) return { text: words, ...found };
    const cut = words.slice(0, words.lastIndexOf(" ")).trimEnd();
    const shorter = words.length >= mayBeCutOff && /[\p{L}\p{N}]$/u.test(words) ? find(searched, cut) : undefined;
    return shorter ? { text: cut, ...shorter } : { text: words, match: "none" };
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

function find(searched: Searched, words: string): Place | undefined {
  const unmarked = withoutMarks(words);
  return findWhole(searched, words) ?? (unmarked === words ? undefined : findWhole(searched, unmarked)) ?? findInParts(searched, words);
}

function findWhole(searched: Searched, words: string): Place | undefined {
  if (!/[\p{L}\p{N}]/u.test(words)) return undefined;
  return findExact(searched, words) ?? findFolded(searched, words).next().value ?? findNear(searched, words);
}

function findExact({ text, units }: Searched, words: string): Place | undefined {
  for (const start of occurrences(units, unitsOf(words))) {
    const end = start + words.length;
    if (standsAlone(text, start, end)) return { match: "exact", start, end };
  }
  return undefined;
}

/** Places but for blanks, letter case and typographic marks, in order. */
function* findFolded(searched: Searched, words: string): Generator<Place, undefined> {
  const quote = fold(words).units;
  for (const at of occurrences(searched.folded.units, quote)) {
    const place = placeOf(searched, "blanks", at, at + quote.length);
    if (standsAlone(searched.text, place.start, place.end)) yield place;
  }
  return undefined;
}

function findNear(searched: Searched, words: string): Place | undefined {
  if (words.length < shortestNearQuote) return undefined;
  const quote = fold(words).units;
  const near = nearMatch(searched.folded.units, quote, Math.floor(mostEdits * quote.length));
  if (!near) return undefined;
  const { text } = searched;
  const place = widened(text, placeOf(searched, "fuzzy", near.start, near.end));
  return standsAlone(text, place.start, place.end) && sameWords(words, text.slice(place.start, place.end)) ? place : undefined;
}

function findInParts(searched: Searched, words: string): Place | undefined {
  const parts = partsOf(withoutMarks(words));
  const [only] = parts;
  if (only === undefined || only === words) return undefined;
  if (parts.length > 1) {
    const joined = joinedParts(searched.text, parts, (part) => findFolded(searched, part));
    return joined && { match: "fuzzy", ...joined };
  }
  const found = findWhole(searched, only);
  return found?.match === "exact" ? { ...found, match: "blanks" } : found;
}

/** To the borders of its words, and without marks and blanks at its ends. */
function widened(text: string, { match, start, end }: Place): Place {
  const [first, last] = [start - widest, end + widest];
  while (start > first && insideWord(text, start)) start--;
  while (end < last && insideWord(text, end)) end++;
  return { match, start, end };
}

function placeOf({ text, folded }: Searched, match: Place["match"], from: number, to: number): Place {
  const start = folded.places[from] ?? 0;
  const last = folded.places[to - 1] ?? start;
  return { match, start: splitsPair(text, start) ? start - 1 : start, end: splitsPair(text, last + 1) ? last + 2 : last + 1 };
}

function splitsPair(text: string, at: number): boolean {
  return (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** Models like to put a quote into quotation marks of their own. */
function withoutMarks(words: string): string {
  return words.replace(/^["'\u201c\u201e\u2018\u00ab]+|["'\u201d\u201c\u2019\u00bb]+$/gu, "").trim();
}
