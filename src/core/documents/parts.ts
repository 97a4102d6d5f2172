import { outline, type Section } from "./outline";

/** A part of a document for a model with a short context, `[start, end)` in UTF-16 units, without blanks at its ends. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** The section that the part begins with or in. */
  readonly title?: string;
}

/**
 * Cuts a text along its structure into parts of at most `longest` UTF-16 units, which together hold all of it but blanks.
 * As many whole sections as fit go into a part, by preference up to a section of a high level. A section that does not
 * fit is cut after a paragraph, else a line, a sentence, a word, else anywhere but inside a surrogate pair.
 */
export function cutParts(text: string, longest: number): Part[] {
  const most = Math.max(2, Math.floor(longest));
  const sections = outline(text);
  const parts: Part[] = [];
  let start = 0;
  let passed = 0;
  while (start < text.length) {
    while (passed < sections.length && (sections[passed]?.start ?? 0) <= start) passed++;
    const end = start + most >= text.length ? text.length : start + cutLength(text, start, most, sections, passed);
    const part = trimmed(text, start, end);
    const title = (sections[passed]?.start === part.start ? sections[passed] : sections[passed - 1])?.title;
    if (part.end > part.start) parts.push({ ...part, ...(title !== undefined && { title }) });
    start = end;
  }
  return parts;
}

function cutLength(text: string, start: number, most: number, sections: readonly Section[], next: number): number {
  const half = start + most / 2;
  let best: Section | undefined;
  let early: Section | undefined;
  let index = next;
  for (let section = sections[index]; section && section.start <= start + most; section = sections[++index]) {
    if (section.start < half) early = section;
    else if (!best || section.level <= best.level) best = section;
  }
  if (best) return best.start - start;
  // A section that would fit as a whole is not torn only because little stands before it.
  const following = sections[index]?.start ?? text.length;
  if (early && following - early.start <= most) return early.start - start;
  return lengthByText(text.slice(start, start + most + 1), most);
}

const ends = [/\n[^\S\n]*\n\s*/g, /\n\s*/g, /[.!?;:]["')\u2019\u201d\u00bb]?\s+/gu, /\s+/g];

/** After the last paragraph, else line, sentence, word in the second half, else anywhere. */
function lengthByText(text: string, most: number): number {
  for (const end of ends) {
    let last = 0;
    for (const { index, 0: mark } of text.matchAll(end)) {
      const cut = Math.min(most, index + mark.length);
      if (cut > last) last = cut;
    }
    if (last > most / 2) return last;
  }
  const splitsPair = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(most - 1, most + 1));
  return splitsPair ? most - 1 : most;
}

function trimmed(text: string, start: number, end: number): { start: number; end: number } {
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  return { start, end };
}
