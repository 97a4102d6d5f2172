import { headingsOf, type Heading } from "./headings";

/** A heading with all that stands under it, `[start, end)` in UTF-16 units; sections of a higher level lie within. */
export interface Section {
  readonly title: string;
  /** 1 is the highest. */
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The sections of a text, in the order of their headings: Markdown, lines of capitals, "ARTICLE 5", "5.2 Renewal",
 * "Статья 5", "§ 5". A number nests a section ("5.2" under "5"); a section reaches to the next of its level or above.
 */
export function outline(text: string): Section[] {
  const headings = withLevels(headingsOf(text));
  const ends = new Array<number>(headings.length).fill(text.length);
  const open: number[] = [];
  headings.forEach(({ level, start }, index) => {
    while (open.length > 0 && (headings[open.at(-1) ?? 0]?.level ?? 0) >= level) ends[open.pop() ?? 0] = start;
    open.push(index);
  });
  return headings.map(({ title, level, start }, index) => ({ title, level, start, end: trimmedEnd(text, start, ends[index] ?? start) }));
}

/** A number nests under the number it begins with, whatever the form of that heading; otherwise the form gives the level. */
function withLevels(headings: readonly Heading[]): (Heading & { level: number })[] {
  const levels = new Map<string, number>();
  return headings.map((heading) => {
    const { number, rank } = heading;
    const parent = levels.get(number.slice(0, -1).join("."));
    const level = parent === undefined ? rank : parent + 1;
    if (number.length > 0) levels.set(number.join("."), level);
    return { ...heading, level };
  });
}

function trimmedEnd(text: string, start: number, end: number): number {
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  return end;
}
