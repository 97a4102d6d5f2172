/** Han, kana, Thai and the like put no blanks between words: every place there may be a border. */
const letter = "(?!\\p{sc=Han}|\\p{sc=Hira}|\\p{sc=Kana}|\\p{sc=Thai}|\\p{sc=Lao}|\\p{sc=Khmr}|\\p{sc=Mymr})[\\p{L}\\p{M}\\p{N}]";
const hyphen = "[-\\u2010\\u2011]";
const group = "[ \\u00a0\\u202f]\\d{3}(?!\\d)";

/** Between two letters or digits, beside the hyphen of a compound, before the end of "can't", inside "1,000" and "1 000". */
const inside = new RegExp(
  [
    `(?<=${letter}\\u00ad{0,2})(?=\\u00ad{0,2}${letter})`,
    `(?<=${letter}${hyphen})(?=${letter})`,
    `(?<=${letter})(?=${hyphen}${letter})`,
    "(?<=\\p{L})(?=['\\u2019]t(?!\\p{L}))",
    "(?<=\\d)(?=[.,]\\d)",
    "(?<=\\d[.,])(?=\\d)",
    `(?<=(?<!\\d)\\d{1,3})(?=${group})`,
    "(?<=(?<!\\d)\\d{1,3}[ \\u00a0\\u202f])(?=\\d{3}(?!\\d))",
  ].join("|"),
  "uy",
);

/** Whether an offset lies inside a word or a number. */
export function insideWord(text: string, at: number): boolean {
  if (isPlain(text.charCodeAt(at - 1)) && isPlain(text.charCodeAt(at))) return true;
  inside.lastIndex = at;
  return inside.test(text);
}

/** Whether `[start, end)` neither begins nor ends inside a word: "Either" does not stand in "Neither", nor "can" in "can't". */
export function standsAlone(text: string, start: number, end: number): boolean {
  return !insideWord(text, start) && !insideWord(text, end);
}

/** An English letter: told without the pattern, because a hostile text has millions of places to look at. */
function isPlain(unit: number): boolean {
  const small = unit | 0x20;
  return unit < 0x80 && small >= 0x61 && small <= 0x7a;
}
