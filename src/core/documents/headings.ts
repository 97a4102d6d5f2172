/** A heading or the beginning of a numbered clause, before nesting is known. */
export interface Heading {
  /** Offset of its first character, UTF-16 units. */
  readonly start: number;
  readonly title: string;
  /** Parts of its number: "5.2" is ["5", "2"]; empty without one. Roman numbers are written as Arabic ones. */
  readonly number: readonly string[];
  /** Rank that its form alone gives, 1 the highest. */
  readonly rank: number;
}

const longestTitle = 80;

const named = /^(ARTICLE|SECTION|CLAUSE|SCHEDULE|EXHIBIT|ANNEX|APPENDIX|Article|Section|Clause|Schedule|Exhibit|Annex|Appendix|СТАТЬЯ|РАЗДЕЛ|ГЛАВА|ПРИЛОЖЕНИЕ|Статья|Раздел|Глава|Приложение|§)\s{0,4}(?:№\s?)?(\d{1,3}(?:\.\d{1,3}){0,5}|[IVXLC]{1,7}|[A-Z])(?![\p{L}\d])[.:)]?/u;
const numbered = /^(\d{1,3}(?:\.\d{1,3}){0,5})(\.?)[)]?\s{1,8}(?=["'\u201c\u00ab]?\p{Lu})/u;
const markdown = /^(#{1,6})[ \t]{1,8}(?=\S)/u;

/**
 * Clause numbers and named headings in the middle of a line, after the end of a sentence; filed contracts often have
 * all of their clauses on one line.
 */
const inLine =
  /(?<=[.;:!?)\]"\u201d]\s{1,24})(?=(?:\d{1,2}\.\d{1,2}(?:\.\d{1,2}){0,3}\.?|\d{1,2}\.)\s{1,8}["\u201c\u00ab]?\p{Lu}|(?:ARTICLE|Article|SECTION|Section|Статья|СТАТЬЯ)\s{1,4}[\dIVX]{1,6}[.:]?\s{1,4}["\u201c\u00ab]?\p{Lu})/gu;

/** The headings of a text, in order. Linear: each line is looked at once, and each heading's opening is short. */
export function headingsOf(text: string): Heading[] {
  const found: Heading[] = [];
  for (const { start, end } of lines(text)) {
    const heading = headingAt(text, start, end);
    if (heading) found.push(heading);
    if (end - start < 2 * longestTitle) continue;
    for (const { index } of text.slice(start, end).matchAll(inLine)) {
      const inner = index > 0 ? headingAt(text, start + index, end) : undefined;
      if (inner) found.push(inner);
    }
  }
  return found;
}

function* lines(text: string): Generator<{ start: number; end: number }> {
  for (const match of text.matchAll(/[^\r\n]+/g)) {
    const start = match.index + match[0].length - match[0].trimStart().length;
    if (start < match.index + match[0].length) yield { start, end: match.index + match[0].trimEnd().length };
  }
}

function headingAt(text: string, start: number, end: number): Heading | undefined {
  const opening = text.slice(start, Math.min(end, start + 3 * longestTitle));
  if (/(?:\. ?){4}|\t\s*\d+$/.test(opening)) return undefined; // a line of a table of contents
  const marks = markdown.exec(opening);
  const words = marks ? opening.slice(marks[0].length) : opening.replace(/^\*\*/, "");
  const number = numberOf(words, marks !== null, end - start);
  if (marks) return { start, title: titleOf(words), number: number ?? [], rank: marks[1]?.length ?? 1 };
  if (number) return { start, title: titleOf(words), number: isAttached(words) ? [] : number, rank: isAttached(words) ? 1 : number.length };
  return isCapitals(text.slice(start, end)) ? { start, title: titleOf(words), number: [], rank: 1 } : undefined;
}

function numberOf(words: string, marked: boolean, length: number): string[] | undefined {
  const name = named.exec(words);
  // "Section 4 applies to …" is a reference, not a heading.
  if (name && !/^\s{0,4}\p{Ll}/u.test(words.slice(name[0].length))) return arabic(name[2] ?? "").split(".");
  const match = numbered.exec(words);
  if (!match?.[1]) return undefined;
  const plain = !match[2] && !match[1].includes(".");
  return plain && !marked && length > longestTitle ? undefined : match[1].split(".");
}

/** What is attached to a contract counts by itself: its number nests nothing. */
function isAttached(words: string): boolean {
  return /^(?:schedule|exhibit|annex|appendix|приложение)/iu.test(words);
}

/** A line of capitals, such as "TERM AND TERMINATION"; a short name of a form ("LLC") is none. */
function isCapitals(line: string): boolean {
  if (line.length > longestTitle || /\p{Ll}/u.test(line) || /[,;]$/.test(line)) return false;
  return (line.match(/\p{Lu}/gu)?.length ?? 0) >= 4 && /\p{Lu}{3}/u.test(line) && !/[_=@\\]{2}/.test(line);
}

/** The heading's words: to the end of its first sentence, at most 80 characters. */
function titleOf(words: string): string {
  const line = words.replace(/[*`]{1,3}/g, "").replace(/\s+/g, " ").trim();
  const number = /^(?:\p{L}{4,10}\s|§\s?)?(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])[.:)]?\s?/u.exec(line)?.[0].length ?? 0;
  const end = /(?<=\p{L}{2}[\p{L}\d"'\u201d\u00bb)]*)(?:[.:;](?=\s|$))/u.exec(line.slice(number));
  const capitals = /^[-\u2013\u2014:.\s]{0,4}(?:[\p{Lu}&,'\u2019/()-]+\s|(?:and|of)\s){0,9}\p{Lu}{4,}(?=\s(?:\p{Lu}\p{Ll}|\d+\.\d|\p{Lu}\s\p{Ll}|\p{Ll}\.))/u.exec(line.slice(number));
  const cut = Math.min(end?.index ?? line.length, capitals?.[0].length ?? line.length);
  const title = line.slice(0, number + cut).trim();
  if (title.length <= longestTitle) return title.replace(/[.:;]$/, "");
  return `${title.slice(0, longestTitle).replace(/\s+\S*$/, "")}…`;
}

const romanDigits: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 };

function arabic(number: string): string {
  if (!/^[IVXLC]+$/.test(number)) return number;
  const digits = [...number].map((digit) => romanDigits[digit] ?? 0);
  return String(digits.reduce((sum, digit, i) => sum + (digit < (digits[i + 1] ?? 0) ? -digit : digit), 0));
}
