/** A place in folded text that is nearly the quote: `[start, end)` in folded units, and the edits between them. */
export interface NearMatch {
  readonly start: number;
  readonly end: number;
  readonly edits: number;
}

/** Units that a quote and its place must share at a stretch somewhere. */
const gramLength = 5;
/** A gram that stands in the quote more often than this says little about where the quote stands. */
const mostPlaces = 4;
/** Places that are compared in full. */
const mostCandidates = 8;
/** Longer quotes are not compared: the comparison costs the square of the length. Folded units. */
export const longestNearQuote = 2_000;

/**
 * The place with the fewest edits (insert, delete, replace one unit), if there are at most `most` of them.
 *
 * Two steps. Each gram of the text that is also in the quote votes for where the quote would begin; k edits destroy at
 * most k·5 grams (the q-gram lemma, Jokinen and Ukkonen 1991), so the right place keeps some votes. The eight places
 * with most votes are compared by Sellers' algorithm (1980). Time: linear in the text, plus a bound that depends on the
 * quote alone.
 */
export function nearMatch(text: Uint16Array, quote: Uint16Array, most: number): NearMatch | undefined {
  if (quote.length < gramLength || quote.length > longestNearQuote || text.length === 0) return undefined;
  let best: NearMatch | undefined;
  for (const { start, end } of candidates(text, quote, most)) {
    const found = closest(text, start, end, quote);
    if (found.edits <= most && (!best || found.edits < best.edits)) best = found;
  }
  return best;
}

function candidates(text: Uint16Array, quote: Uint16Array, most: number): { start: number; end: number }[] {
  const width = Math.max(16, 2 * most + 1);
  // A start may lie before the text's beginning, where the quote's first units are missing.
  const shift = quote.length;
  const votes = new Uint16Array(Math.ceil((text.length + shift) / width) + 2);
  const grams = gramsOf(quote);
  let key = 0;
  for (let i = 0; i < text.length; i++) {
    key = gramKey(key, text[i] ?? 0);
    if (i < gramLength - 1) continue;
    for (const offset of grams.get(key) ?? []) {
      const bin = Math.floor((i - gramLength + 1 - offset + shift) / width);
      if ((votes[bin] ?? 0) < 0xffff) votes[bin] = (votes[bin] ?? 0) + 1;
    }
  }
  const bins = bestBins(votes);
  return bins.map((bin) => ({
    start: Math.max(0, bin * width - shift - most),
    end: Math.min(text.length, (bin + 2) * width - shift + quote.length + most),
  }));
}

/** Bins with most votes, each counted together with the next: an edit may push votes over the border. */
function bestBins(votes: Uint16Array): number[] {
  const best: { bin: number; votes: number }[] = [];
  for (let bin = 0; bin + 1 < votes.length; bin++) {
    const together = (votes[bin] ?? 0) + (votes[bin + 1] ?? 0);
    if (together === 0 || (best.length === mostCandidates && together <= (best.at(-1)?.votes ?? 0))) continue;
    best.push({ bin, votes: together });
    best.sort((a, b) => b.votes - a.votes);
    if (best.length > mostCandidates) best.pop();
  }
  return best.map(({ bin }) => bin);
}

/** Offsets of each gram in the quote, without those that stand in it too often. */
function gramsOf(quote: Uint16Array): Map<number, number[]> {
  const grams = new Map<number, number[]>();
  let key = 0;
  for (let i = 0; i < quote.length; i++) {
    key = gramKey(key, quote[i] ?? 0);
    if (i < gramLength - 1) continue;
    const offsets = grams.get(key) ?? [];
    if (offsets.push(i - gramLength + 1) === 1) grams.set(key, offsets);
  }
  for (const [gram, offsets] of grams) if (offsets.length > mostPlaces) grams.delete(gram);
  return grams;
}

/** Five units in one number: six bits of each, so the sixth unit before drops out of the 30 bits. A clash costs only a vote. */
function gramKey(key: number, unit: number): number {
  return ((key << 6) & 0x3fffffff) | ((unit ^ (unit >> 6)) & 63);
}

/** The part of `text[from, to)` with the fewest edits from the quote; the first of several. */
function closest(text: Uint16Array, from: number, to: number, quote: Uint16Array): NearMatch {
  const rows = quote.length + 1;
  // edits[row]: fewest edits between the first `row` units of the quote and a part that ends here; starts[row]: where it begins.
  let edits = Int32Array.from({ length: rows }, (_, row) => row);
  let starts = new Int32Array(rows).fill(from);
  let nextEdits = new Int32Array(rows);
  let nextStarts = new Int32Array(rows);
  let best: NearMatch = { start: from, end: from, edits: quote.length };
  for (let end = from + 1; end <= to; end++) {
    const unit = text[end - 1];
    nextEdits[0] = 0;
    nextStarts[0] = end;
    for (let row = 1; row < rows; row++) {
      let fewest = (edits[row - 1] ?? 0) + (quote[row - 1] === unit ? 0 : 1);
      let start = starts[row - 1] ?? from;
      const extra = (edits[row] ?? 0) + 1;
      if (extra < fewest) [fewest, start] = [extra, starts[row] ?? from];
      const missing = (nextEdits[row - 1] ?? 0) + 1;
      if (missing < fewest) [fewest, start] = [missing, nextStarts[row - 1] ?? from];
      nextEdits[row] = fewest;
      nextStarts[row] = start;
    }
    [edits, nextEdits] = [nextEdits, edits];
    [starts, nextStarts] = [nextStarts, starts];
    const all = edits[quote.length] ?? 0;
    if (all < best.edits) best = { start: starts[quote.length] ?? from, end, edits: all };
  }
  return best;
}
