/** A length of time in a text: "three (3) years", "thirty (30) days", "10 рабочих дней". */
export interface Duration {
  readonly start: number;
  readonly end: number;
  /** Days, a month counting 30 and a year 365; undefined where the number is not one that this reads. */
  readonly days: number | undefined;
}

const numberWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const tens: Readonly<Record<string, number>> = { fifteen: 15, eighteen: 18, twenty: 20, "twenty-four": 24, thirty: 30, "thirty-six": 36, forty: 40, "forty-five": 45, sixty: 60, ninety: 90 };
const word = `(?:${[...Object.keys(tens).reverse(), ...numberWords].join("|")}|one hundred(?: and)? (?:eighty|twenty))`;

const english = new RegExp(
  `(?<![\\p{L}\\d.,$-])(?:(${word})(?:\\s{1,3}\\(?\\s?(\\d{1,4})\\s?\\)?)?|(?:(?:one hundred (?:and )?)?[a-z]{3,6}(?:ty|teen)(?:-[a-z]{3,5})?\\s{0,3})?\\(\\s?(\\d{1,4})\\s?\\)|(\\d{1,4}))[\\s-]{1,4}(?:(?:full|consecutive|calendar|business|working|banking|additional|successive)\\s{1,3}){0,2}(day|week|month|quarter|year)(?:s|\\(s\\))?(?![\\p{L}])`,
  "giu",
);
const russian = /(?<![\p{L}\d.,])(?!(?:19|20)\d\d\s)(\d{1,4})\s{0,2}(?:\(([^()\n]{2,40})\)\s{1,3})?(?:(?:рабоч|календарн|банковск|полн)\p{L}{1,4}\s{1,3})?(дн|день|недел|месяц|год|лет)\p{L}{0,4}(?!\p{L})/giu;

/** What no passage with a length of time is without; soon tested. */
export const hasUnit = /day|week|month|quarter|year|дн|день|недел|месяц|год|лет/iu;

const daysOf: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, quarter: 91, year: 365, дн: 1, день: 1, недел: 7, месяц: 30, год: 365, лет: 365 };

/** The lengths of time in a passage, in order; offsets are the passage's own. */
export function durationsIn(passage: string): Duration[] {
  const found = [...passage.matchAll(english)].map((match) => durationOf(match, match[2] ?? match[3] ?? match[4] ?? match[1], match[5]));
  found.push(...[...passage.matchAll(russian)].map((match) => durationOf(match, match[1], match[3])));
  return found.sort((a, b) => a.start - b.start);
}

function durationOf(match: RegExpExecArray, number: string | undefined, unit: string | undefined): Duration {
  const count = countOf(number ?? "");
  const days = count === undefined ? undefined : count * (daysOf[(unit ?? "").toLowerCase()] ?? 1);
  return { start: match.index, end: match.index + match[0].length, days };
}

function countOf(number: string): number | undefined {
  if (/^\d+$/.test(number)) return Number(number);
  const small = number.toLowerCase();
  const index = numberWords.indexOf(small);
  return index >= 0 ? index : tens[small];
}
