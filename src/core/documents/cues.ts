/**
 * How a model that was trained for it names the categories of clauses: in a stream
 * `segment <|clause|> segment <|clause|> ...` the next-token scores at each cue say which categories the segment before
 * it has. Each category is one label token, and one more label stands for "none". The scheme is written in the model's
 * GGUF header, so that it survives quantization; docs/sample-model.md describes it.
 */

export interface CueScheme {
  /** Text of the special token that asks for the categories of the segment before it. */
  readonly cue: string;
  /** Text of the label token for "no category". */
  readonly none: string;
  /** Per category its label token, and the probability from which it counts as found. */
  readonly labels: readonly { readonly category: string; readonly token: string; readonly threshold: number }[];
  /** Window length in tokens that the model was trained with. */
  readonly window: number;
}

/** The scheme in a GGUF header, with keys such as "decant.cue"; undefined if there is none or it is damaged. */
export function cueSchemeFromMetadata(metadata: Readonly<Record<string, unknown>>): CueScheme | undefined {
  const cue = metadata["decant.cue"];
  const none = metadata["decant.none"];
  const window = asNumber(metadata["decant.window"]);
  const categories = asList(metadata["decant.categories"], isText);
  const tokens = asList(metadata["decant.labels"], isText);
  const thresholds = asList(metadata["decant.thresholds"], (value) => typeof value === "number" && value >= 0 && value <= 1);
  if (!isText(cue) || !isText(none) || !categories || !tokens || !thresholds) return undefined;
  if (window === undefined || !Number.isInteger(window) || window < smallestWindow) return undefined;
  if (categories.length === 0 || tokens.length !== categories.length || thresholds.length !== categories.length) return undefined;
  const labels = categories.map((category, i) => ({
    category: String(category),
    token: String(tokens[i]),
    threshold: Number(thresholds[i]),
  }));
  return { cue, none, labels, window };
}

/** One window to evaluate, and the cues in it that score segments. */
export interface Window {
  readonly tokens: number[];
  /** The next-token scores at index `position` of `tokens` belong to segment `segment`. */
  readonly cues: { readonly position: number; readonly segment: number }[];
}

/** A window must hold its opening tokens, a cue, and something to classify. */
const smallestWindow = 16;

/**
 * Packs the tokens of segments into windows in which each segment is scored once, after as much of what precedes it as
 * fits into a quarter of the window. The first window begins with BOS, later ones with BOS and a cue (which scores
 * nothing), so that the model can tell the beginning of a document. A segment that is longer than a window is cut, and
 * each part is scored: take the highest probability. Empty segments are scored, too.
 */
export function packWindows(
  segments: readonly (readonly number[])[],
  options: { readonly bos: number; readonly cue: number; readonly window: number },
): Window[] {
  const { bos, cue } = options;
  const window = Math.max(smallestWindow, Math.floor(options.window));
  const pieces = segments.flatMap((tokens, segment) => cutPieces(tokens, window - 3).map((piece) => ({ segment, tokens: piece })));
  const size = (index: number) => (pieces[index]?.tokens.length ?? 0) + 1;
  const windows: Window[] = [];
  let next = 0;
  while (next < pieces.length) {
    let first = next;
    let context = 0;
    while (first > 0) {
      const longer = context + size(first - 1);
      if (longer > Math.floor(window / 4) || 2 + longer + size(next) > window) break;
      context = longer;
      first--;
    }
    const packed: Window = { tokens: first === 0 ? [bos] : [bos, cue], cues: [] };
    let index = first;
    for (let piece = pieces[index]; piece && packed.tokens.length + size(index) <= window; piece = pieces[++index]) {
      for (const token of piece.tokens) packed.tokens.push(token);
      packed.tokens.push(cue);
      if (index >= next) packed.cues.push({ position: packed.tokens.length - 1, segment: piece.segment });
    }
    next = index;
    windows.push(packed);
  }
  return windows;
}

/**
 * The probability of a label against "none", p(label) / (p(label) + p(none)), from the two logits or log-probabilities
 * (any shift that both share cancels). A score that is not a number counts as impossible.
 */
export function labelProbability(label: number, none: number): number {
  if (Number.isNaN(label) || Number.isNaN(none) || label === none) return label === none ? 0.5 : 0;
  return 1 / (1 + Math.exp(none - label));
}

function cutPieces(tokens: readonly number[], longest: number): (readonly number[])[] {
  if (tokens.length <= longest) return [tokens];
  const pieces: (readonly number[])[] = [];
  for (let start = 0; start < tokens.length; start += longest) pieces.push(tokens.slice(start, start + longest));
  return pieces;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0;
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : undefined;
}

/** The elements of an array or typed array, if each passes the test. */
function asList(value: unknown, test: (element: unknown) => boolean): unknown[] | undefined {
  const list: unknown[] | undefined = Array.isArray(value) ? value : value instanceof Float32Array ? Array.from(value) : undefined;
  return list?.every(test) ? list : undefined;
}
