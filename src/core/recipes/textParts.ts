/** Share of a text that is held back to measure on. */
const heldBack = 0.2;
/** How far from there a paragraph's border may lie: a share of the text, and characters at most. */
const reach = 0.1;
const furthest = 8192;
/** Characters that hold two of the shortest chunks that are measured (128 tokens of at most 5 characters). */
const leastMeasured = 2 * 128 * 5;

export interface TextParts {
  /** To rank, calibrate and learn on. */
  readonly learning: string;
  /** Its end: measured on, and never learnt from. */
  readonly measuring: string;
}

/**
 * Cuts a text about four fifths in, at the border of a paragraph where there is one near, else of a line, else of a word. Undefined
 * where the last fifth would be too short to measure on.
 */
export function textParts(text: string): TextParts | undefined {
  const whole = text.trim();
  const middle = Math.round((1 - heldBack) * whole.length);
  const around = Math.min(Math.ceil(reach * whole.length), furthest);
  if (whole.length - middle < leastMeasured) return undefined;
  const cut = [/\r?\n[^\S\n]*\r?\n\s*/g, /\n\s*/g, /\s+/g].map((border) => nearestEnd(whole, border, middle, around)).find((place) => place !== undefined) ?? middle;
  const [learning, measuring] = [whole.slice(0, cut).trimEnd(), whole.slice(cut)];
  return measuring.length < leastMeasured / 2 ? undefined : { learning, measuring };
}

/** Where the match ends that does so nearest to `middle`. */
function nearestEnd(text: string, border: RegExp, middle: number, around: number): number | undefined {
  const from = middle - around;
  const ends = [...text.slice(from, middle + around).matchAll(border)].map(({ index, 0: { length } }) => from + index + length).filter((end) => end < text.length);
  return ends.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
}
