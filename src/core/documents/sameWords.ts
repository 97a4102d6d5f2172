/** Words, numbers with their marks, and signs that numbers depend on. */
const token = /\d+(?:[.,]\d+)*|[\p{L}\p{M}]+|[%‰§<>≤≥±\p{Sc}]/gu;
const blankless = /\p{sc=Han}|\p{sc=Hira}|\p{sc=Kana}|\p{sc=Thai}|\p{sc=Lao}|\p{sc=Khmr}|\p{sc=Mymr}/u;

/** Both words of a slip have so many letters, and so many of the first and of the last are the same. */
const longEnough = 8;
const sameAtStart = 3;
const sameAtEnd = 2;

/**
 * Whether a quote has the words of a place, in its order, but for case, punctuation and slips: one letter wrong, missing or
 * too many inside a long word. Prefixes, endings, short words and numbers must be the same: "non-exclusive", "Licensee",
 * "may" and "ninety" differ from what they resemble by what they mean.
 */
export function sameWords(quote: string, place: string): boolean {
  const [words, others] = [tokensOf(quote), tokensOf(place)];
  return words.length === others.length && words.every((word, index) => word === others[index] || isSlip(word, others[index] ?? ""));
}

function isSlip(word: string, other: string): boolean {
  const [shorter, longer] = [Math.min(word.length, other.length), Math.max(word.length, other.length)];
  if (shorter < longEnough || /\d/.test(word + other) || blankless.test(word + other)) return false;
  let start = 0;
  while (start < shorter && word[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && word.at(-1 - end) === other.at(-1 - end)) end++;
  return start >= sameAtStart && end >= sameAtEnd && longer - start - end <= 1;
}

function tokensOf(text: string): readonly string[] {
  return text.replace(/\p{Cf}/gu, "").toLowerCase().replace(/ё/g, "е").match(token) ?? [];
}

const english = "not?|never|nor|neither|none|nothing|without|\\p{L}*n['\\u2019]t|cannot|unable|refus\\p{L}*|fail\\p{L}*|prohibit\\p{L}*|unless|except\\p{L}*|exclud\\p{L}*|if|may|can|could|shall|should|must|will|would|might";
const russian = "не|нет|ни|без|кроме|исключ\\p{L}*|запрещ\\p{L}*|отказ\\p{L}*|если|вправе|может|могут|должн?[аоы]?|должен|обяз\\p{L}*";
const turning = new RegExp(`(?<!\\p{L})(?:${english}|${russian})(?!\\p{L})|[.!?;:](?=\\s|$)|\\n\\s*\\n`, "iu");

/** Whether words that are left out of a sentence could turn what it says: negations, conditions, another verb, the end of the sentence. */
export function turnsMeaning(leftOut: string): boolean {
  return turning.test(leftOut);
}
