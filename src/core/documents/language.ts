/** Which of the languages that Decant has prompts and patterns for a text is written in; names and code do not count. */
export type DocumentLanguage = "English" | "Russian" | "other";

/** Enough to tell a language, in UTF-16 units, taken from the beginning, the middle and the end. */
const sample = 20_000;

/** Frequent words that hardly occur in other languages in these shares. */
const englishWords = /\b(?:the|of|and|to|in|or|is|by|for|with|that|this|any|shall|be|not|as|are|it|was)\b/gi;

/** Share of such words from which Latin letters count as English prose; code and other languages stay below. */
const englishShare = 0.12;

export function languageOf(text: string): DocumentLanguage {
  const read = sampleOf(text);
  const cyrillic = count(read, /\p{Script=Cyrillic}/gu);
  const latin = count(read, /\p{Script=Latin}/gu);
  const letters = count(read, /\p{L}/gu);
  if (letters === 0) return "other";
  if (cyrillic > letters / 2) return isRussian(read, cyrillic) ? "Russian" : "other";
  if (latin <= letters / 2) return "other";
  const words = count(read, /\p{L}+/gu);
  return count(read, englishWords) >= englishShare * words ? "English" : "other";
}

/** Other languages in Cyrillic use letters that Russian does not have, or lack its ы and э. */
function isRussian(text: string, cyrillic: number): boolean {
  const foreign = count(text, /[іїєґўјљњћђџѓќѕқңүұөһәғ]/giu);
  const own = count(text, /[ыэё]/giu);
  return foreign <= 0.005 * cyrillic && (own > 0 || cyrillic < 200);
}

function sampleOf(text: string): string {
  if (text.length <= 3 * sample) return text;
  const middle = (text.length - sample) >> 1;
  return [text.slice(0, sample), text.slice(middle, middle + sample), text.slice(-sample)].join(" ");
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
