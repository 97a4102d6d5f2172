/**
 * Cuts a document into segments: the passages that are classified one by one.
 *
 * Filed contracts come in every shape: hard-wrapped at 80 columns, one line per paragraph, or dozens of clauses run
 * together on one line. So a cut is made at blank lines, at line breaks that are not mere wrapping, and in front of
 * clause numbers ("2.3 Fees", "(b) ...") that follow the end of a sentence. What is still too long is cut at sentence
 * ends. Every step looks at a bounded number of characters, so the time is linear in the length of the text.
 */

/** A passage of a text, as offsets in UTF-16 code units: `text.slice(start, end)`. It has no blanks at its ends. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** No segment is longer, in UTF-16 code units: about 180 tokens of English. */
export const longestSegment = 800;

/** Long passages are cut into parts of about this length. */
const usualSegment = 560;

/** Pieces shorter than this are joined with the next piece of their block: a heading belongs to its clause. */
const shortPiece = 48;

/** A line longer than this was not hard-wrapped, so it is a paragraph of its own. */
const longestWrappedLine = 140;

/** The segments of a text, in order, without overlap. Only blanks lie between them. */
export function segmentDocument(text: string): Segment[] {
  const segments: Segment[] = [];
  for (const block of blocks(text)) {
    for (const piece of joinShort(pieces(text, block))) cutLong(text, piece, segments);
  }
  return segments;
}

/**
 * The text of a segment as a model should read it: every run of blanks becomes one space, because indentation and
 * line wrapping say nothing about a clause and cost tokens.
 */
export function segmentText(text: string, segment: Segment): string {
  return text.slice(segment.start, segment.end).replace(/\s+/gu, " ");
}

interface Line extends Segment {
  readonly blank: boolean;
}

/** Groups of lines without a blank line in between. */
function blocks(text: string): Line[][] {
  const found: Line[][] = [];
  let block: Line[] = [];
  for (const line of lines(text)) {
    if (!line.blank) {
      block.push(line);
    } else if (block.length > 0) {
      found.push(block);
      block = [];
    }
  }
  if (block.length > 0) found.push(block);
  return found;
}

function* lines(text: string): Generator<Line> {
  const lineBreak = /\r\n|[\n\r\f\v\u0085\u2028\u2029]/gu;
  let start = 0;
  for (const match of text.matchAll(lineBreak)) {
    yield trimmed(text, start, match.index);
    start = match.index + match[0].length;
  }
  yield trimmed(text, start, text.length);
}

function trimmed(text: string, start: number, end: number): Line {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return { start, end, blank: start === end };
}

function isBlank(unit: number): boolean {
  return unit <= 0x20 || (unit >= 0x7f && /\s/u.test(String.fromCharCode(unit)));
}

/** The pieces of a block: cut at line breaks that mean something, and in front of clause numbers. */
function pieces(text: string, block: readonly Line[]): Segment[] {
  const found: Segment[] = [];
  let start = block[0]?.start ?? 0;
  block.forEach((line, index) => {
    const next = block[index + 1];
    for (const cut of clauseStarts(text, line)) {
      found.push(trimmed(text, start, cut));
      start = cut;
    }
    if (!next || startsPassage(text, line, next)) {
      found.push(trimmed(text, start, line.end));
      start = next?.start ?? line.end;
    }
  });
  return found;
}

/** A clause number, heading or bullet at the beginning of a line. */
const numbering =
  /^(?:(?:article|section|clause|schedule|exhibit|annex|appendix)\s{1,4}[\divxlca-h]|\(?(?:\d{1,3}(?:\.\d{1,3}){0,5}|[a-z]|[ivx]{1,5})[.):]{1,2}\s|\d{1,3}(?:\.\d{1,3}){1,5}\s|[\u2022\u25cf\u25aa\u00b7*\u2013-]\s)/iu;

/** Whether a line begins a new passage, or only goes on where the line before was wrapped. */
function startsPassage(text: string, line: Segment, next: Segment): boolean {
  const opening = text.slice(next.start, next.start + 32);
  if (/^\p{Ll}/u.test(opening) && !numbering.test(opening)) return false;
  const sentenceEnded = /[.;:!?]["')\u2019\u201d]?$/u.test(text.slice(Math.max(line.start, line.end - 2), line.end));
  if (numbering.test(opening)) return sentenceEnded || !/^\d{1,3}\s/u.test(opening);
  const unwrapped = line.end - line.start > longestWrappedLine || next.end - next.start > longestWrappedLine;
  return unwrapped || line.end - line.start < 50;
}

/**
 * Where clauses begin in the middle of a line: a clause number after the end of a sentence.
 * Quantifiers are bounded, so the search stays linear on any text.
 */
const clauseStart =
  /[.;:,!?](?:["')\u2019\u201d]|\s(?:and|or))?[^\S\n]{1,24}(?=\d{1,2}(?:\.\d{1,2}){1,4}\.?\s{1,4}["'\u201c(]?\p{Lu}|(?<=[.;:!?]["')\u2019\u201d]?[^\S\n]{1,24})(?:\d{1,2}\.\s{1,8}["\u201c]?\p{Lu}|(?:ARTICLE|Article|SECTION|Section)\s{1,4}[\dIVX]{1,6}\b|\((?:[a-zA-Z]|[ivx]{1,4}|\d{1,2})\)\s{1,8}["\u201c\p{Lu}])|(?<=[;:,](?:\s(?:and|or))?[^\S\n]{3,24})\((?:[a-zA-Z]|[ivx]{1,4}|\d{1,2})\)\s)/gu;

function clauseStarts(text: string, line: Segment): number[] {
  if (line.end - line.start <= shortPiece) return [];
  return [...text.slice(line.start, line.end).matchAll(clauseStart)].map((match) => line.start + match.index + match[0].length);
}

/** Joins short pieces (headings, list markers, lines of an address) with what follows them in their block. */
function joinShort(parts: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  let open: Segment | undefined;
  for (const part of parts) {
    if (part.end <= part.start) continue;
    const whole: Segment = open ? { start: open.start, end: part.end } : part;
    open = undefined;
    if (part.end - part.start < shortPiece && whole.end - whole.start < 4 * shortPiece) open = whole;
    else joined.push(whole);
  }
  if (open) joined.push(open);
  return joined;
}

/** Adds a piece, in several parts of about equal length if it is too long. */
function cutLong(text: string, piece: Segment, segments: Segment[]): void {
  let { start } = piece;
  while (piece.end - start > longestSegment) {
    const parts = Math.ceil((piece.end - start) / usualSegment);
    const cut = start + bestCut(text.slice(start, start + longestSegment + 1), (piece.end - start) / parts);
    addTrimmed(text, start, cut, segments);
    start = cut;
  }
  addTrimmed(text, start, piece.end, segments);
}

function addTrimmed(text: string, start: number, end: number, segments: Segment[]): void {
  const part = trimmed(text, start, end);
  if (!part.blank) segments.push({ start: part.start, end: part.end });
}

/** The cut nearest to `target`: after a sentence, else after part of one, else after a word, else anywhere. */
function bestCut(text: string, target: number): number {
  const ends = [/[.!?]["')\u2019\u201d]?\s{1,8}(?=["'(\u201c]?[\p{Lu}\d])/gu, /[;:]\s/gu, /,\s/gu, /\s/gu];
  for (const end of ends) {
    const cuts = [...text.matchAll(end)].map((match) => match.index + match[0].length);
    const near = cuts.filter((cut) => cut >= target * 0.5 && cut <= Math.min(longestSegment, target * 1.5));
    if (near.length > 0) return near.reduce((best, cut) => (Math.abs(cut - target) < Math.abs(best - target) ? cut : best));
  }
  const cut = Math.round(target);
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(cut - 1));
  return splitsPair ? cut - 1 : cut;
}
