/**
 * A linear classifier over the words and pairs of words of a passage. It travels in the header of a model that names
 * clauses after a cue, and both are averaged: rare words that a small model has hardly seen count here, what the words
 * mean in their place counts there. docs/sample-model.md tells how it is made and what each of the two is worth.
 */
export interface Lexicon {
  /** Index of each term: a word, or two words in a row with a blank between, in lower case. */
  readonly terms: ReadonlyMap<string, number>;
  /** Inverse document frequency of each term. */
  readonly idf: Float32Array;
  /** [terms, categories]; of category c times `scales[c]`. */
  readonly weights: Int8Array;
  readonly scales: readonly number[];
  readonly bias: readonly number[];
  /** Weight of the lexicon's log odds against the model's, 0 to 1. */
  readonly share: number;
}

/** The lexicon in a GGUF header for so many categories; undefined if there is none or it does not fit together. */
export function lexiconFromMetadata(metadata: Readonly<Record<string, unknown>>, categories: number): Lexicon | undefined {
  const terms = metadata["decant.lexicon.terms"];
  const idf = fromBase64(metadata["decant.lexicon.idf"]);
  const weights = fromBase64(metadata["decant.lexicon.weights"]);
  const scales = numbers(metadata["decant.lexicon.scales"]);
  const bias = numbers(metadata["decant.lexicon.bias"]);
  const share = metadata["decant.lexicon.share"];
  if (typeof terms !== "string" || !idf || !weights || typeof share !== "number" || !(share >= 0 && share <= 1)) return undefined;
  const list = terms.split("\n");
  if (idf.length !== 4 * list.length || weights.length !== list.length * categories) return undefined;
  if (scales?.length !== categories || bias?.length !== categories) return undefined;
  return {
    terms: new Map(list.map((term, index) => [term, index])),
    idf: new Float32Array(idf.buffer),
    weights: new Int8Array(weights.buffer),
    scales,
    bias,
    share,
  };
}

/**
 * Words that say how near to the beginning of its document a passage stands: titles, parties and dates stand there.
 * `start` in UTF-16 units.
 */
export function placeWords(start: number): string {
  return places.filter(({ before }) => start < before).map(({ word }) => word).join(" ");
}

const places = [
  { word: "doc_start", before: 250 },
  { word: "doc_opening", before: 1000 },
  { word: "doc_preamble", before: 3000 },
  { word: "doc_front", before: 9000 },
];

/**
 * Log odds of every category for a passage that begins at `start`: bias + Σ weight·x, where x is the passage's TF-IDF vector (1 + ln count, times
 * the inverse document frequency) of length 1.
 */
export function lexiconScores({ terms, idf, weights, scales, bias }: Lexicon, passage: string, start: number): readonly number[] {
  const found = [...termCounts(`${placeWords(start)} ${passage}`)].flatMap(([term, count]) => {
    const index = terms.get(term);
    return index === undefined ? [] : [{ index, value: (1 + Math.log(count)) * (idf[index] ?? 0) }];
  });
  const norm = Math.hypot(...found.map(({ value }) => value)) || 1;
  return scales.map((scale, category) => {
    const sum = found.reduce((total, { index, value }) => total + value * (weights[index * scales.length + category] ?? 0), 0);
    return (bias[category] ?? 0) + (scale * sum) / norm;
  });
}

/** How often each word and each pair of neighbouring words stands in a passage. */
export function termCounts(passage: string): ReadonlyMap<string, number> {
  const words = passage.toLowerCase().match(/[\p{L}\p{N}_]+|[$%]/gu) ?? [];
  const counts = new Map<string, number>();
  const count = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1);
  words.forEach((word, index) => {
    count(word);
    if (index > 0) count(`${words[index - 1]} ${word}`);
  });
  return counts;
}

function fromBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}

function numbers(value: unknown): readonly number[] | undefined {
  const list: unknown[] | undefined = Array.isArray(value) ? value : value instanceof Float32Array ? Array.from(value) : undefined;
  return list?.every((element) => typeof element === "number" && Number.isFinite(element)) ? (list as number[]) : undefined;
}
