import type { PdfLine } from "./pdfLines";

/** A line that ends before this share of the text's width is the last of its paragraph. */
const shortLine = 0.8;
/** Lines that are farther apart than this multiple of the usual distance belong to two paragraphs. */
const wideGap = 1.3;
/** A clause number, heading or bullet. */
const numbering = /^(?:\(?(?:\d{1,3}(?:\.\d{1,3}){0,5}|\p{L}|[ivxIVX]{1,5})[.)]{1,2}\s|\d{1,3}(?:\.\d{1,3}){1,5}\s|(?:article|section|clause|schedule|exhibit|annex|appendix|статья|раздел|глава|приложение)\s|[\u2022\u25cf\u25aa\u00b7*\u2013-]\s)/iu;
const sentenceEnd = /[.;:!?]["')\u2019\u201d\u00bb]?$/u;
/** Prefixes that keep their hyphen. */
const prefixes = new Set(["non", "self", "co", "pre", "re", "sub", "third", "so", "long", "short", "well", "cross", "multi", "anti", "post", "по", "кое"]);

/** The paragraphs of a document. A new page begins a new one, since headers and footers, which are left alone, lie between. */
export function paragraphsOf(pages: readonly (readonly PdfLine[])[]): string[] {
  const words = wordsOf(pages);
  return pages.flatMap((lines) => {
    const right = Math.max(...lines.map((line) => line.right));
    const left = Math.min(...lines.map((line) => line.left));
    const usual = usualGap(lines);
    const paragraphs: string[] = [];
    lines.forEach((line, index) => {
      const before = lines[index - 1];
      const open = before && !begins(line, before, usual, left + shortLine * (right - left)) ? paragraphs.pop() : undefined;
      paragraphs.push(open === undefined ? line.text : join(open, line.text, words));
    });
    return paragraphs;
  });
}

function begins(line: PdfLine, before: PdfLine, usual: number, full: number): boolean {
  const gap = before.y - line.y;
  if (gap > wideGap * usual || gap < 0) return true;
  if (Math.abs(line.height - before.height) > 0.15 * before.height) return true;
  if (numbering.test(line.text) && (sentenceEnd.test(before.text) || before.right < full)) return true;
  return before.right < full && (sentenceEnd.test(before.text) || !/^\p{Ll}/u.test(line.text));
}

/** The usual distance of two lines: the median of those that there are. */
function usualGap(lines: readonly PdfLine[]): number {
  const gaps = lines.slice(1).map((line, index) => (lines[index]?.y ?? 0) - line.y).filter((gap) => gap > 0).sort((a, b) => a - b);
  return gaps[Math.floor((gaps.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
}

/** A word that was divided at the end of a line becomes one again, unless it is written with a hyphen elsewhere too. */
function join(text: string, next: string, words: ReadonlySet<string>): string {
  if (text.endsWith("\u00ad")) return text.slice(0, -1) + next;
  const start = /(?<![\p{L}-])(\p{L}+)-$/u.exec(text)?.[1];
  const rest = /^\p{Ll}+/u.exec(next)?.[0];
  if (start === undefined || rest === undefined) return `${text} ${next}`;
  const hyphenated = `${start}-${rest}`.toLowerCase();
  const whole = (start + rest).toLowerCase();
  const keeps = !words.has(whole) && (words.has(hyphenated) || prefixes.has(start.toLowerCase()));
  return keeps ? text + next : text.slice(0, -1) + next;
}

/** All words in the middle of lines, in small letters. */
function wordsOf(pages: readonly (readonly PdfLine[])[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { text } of pages.flat()) for (const [word] of text.toLowerCase().matchAll(/\p{L}+(?:-\p{L}+)*/gu)) words.add(word);
  return words;
}
