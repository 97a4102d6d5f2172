/** Tokens that are decoded together, and those of their positions whose next token is scored. */
export interface HeatWindow {
  /** Index of the window's first token. */
  readonly start: number;
  readonly length: number;
  /** Places in the window: the distributions at first, first + 1, …, end − 1 are compared. */
  readonly first: number;
  readonly end: number;
}

/**
 * Windows of `context` tokens that overlap by half, so that every token is foretold once, and from at least half a window
 * of text but for those of the first half. The first window is decoded twice: no more than half a window of logits is held.
 */
export function heatWindows(tokens: number, context: number): HeatWindow[] {
  const half = Math.floor(context / 2);
  const windows: HeatWindow[] = [];
  let scored = 0;
  for (let start = 0; scored < tokens - 1; start += scored < context - 1 ? 0 : half) {
    const length = Math.min(context, tokens - start);
    const first = scored - start;
    const end = Math.min(length - 1, first + half);
    windows.push({ start, length, first, end });
    scored = start + end;
  }
  return windows;
}
