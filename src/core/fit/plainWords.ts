import type { QuantType } from "../../protocol/model";

/** The levels by the names that documents about compression use, in the order of those documents. */
export interface PlainTerm {
  readonly term: string;
  /** The level that stands for it here; absent for what is made with other tools. */
  readonly level?: QuantType;
  /** What the term means, in one sentence. */
  readonly meaning: string;
  readonly difficulty: Difficulty;
}

/** "none": is there already; "easy": one click; "hard": other tools, a GPU, hours. */
export type Difficulty = "none" | "easy" | "hard";

/** GPTQ: Frantar et al., arXiv 2210.17323. Block layouts: ggml-common.h (32 weights share one scale, 16 bits). */
export const plainTerms: readonly PlainTerm[] = [
  { term: "FP16", level: "F16", meaning: "Half precision: 16 bits for each weight, the usual original.", difficulty: "none" },
  { term: "INT8", level: "Q8_0", meaning: "8-bit integers: here that is Q8_0.", difficulty: "easy" },
  { term: "INT4", level: "Q4_0", meaning: "4-bit integers: here that is Q4_0.", difficulty: "easy" },
  { term: "GPTQ", meaning: "A 4-bit rounding made elsewhere, with Python tools and a GPU from the original weights: import its result as a GGUF file. Nearest to it here: a 4-bit level with an importance matrix.", difficulty: "hard" },
  { term: "Q4_0", level: "Q4_0", meaning: "4 bits and one scale for 32 weights: the simplest 4-bit level.", difficulty: "easy" },
  { term: "Q4_1", level: "Q4_1", meaning: "4 bits, a scale and an offset for 32 weights.", difficulty: "easy" },
  { term: "Q5_0", level: "Q5_0", meaning: "5 bits and one scale for 32 weights.", difficulty: "easy" },
  { term: "Q8_0", level: "Q8_0", meaning: "8 bits and one scale for 32 weights.", difficulty: "easy" },
];

/** What is known of a level of this model. */
export interface PlainFigures {
  readonly isOriginal: boolean;
  readonly bytes?: number;
  readonly originalBytes?: number;
  /** Nats per token. */
  readonly kl?: number;
  /** Share of positions with the original's most likely token, 0 to 1. */
  readonly agreement?: number;
  /** True when `kl` and `agreement` were foretold, not measured. */
  readonly foretold: boolean;
  readonly tokensPerSecond?: number;
  readonly originalTokensPerSecond?: number;
  /** True when the speeds were foretold, not measured. */
  readonly speedForetold?: boolean;
}

export type Stars = 1 | 2 | 3 | 4 | 5;

/**
 * At most this divergence (nats per token) and at least this agreement for so many stars. The two columns are a pair in
 * what llama.cpp publishes for Llama 2 7B and Llama 3 8B (tools/perplexity/README.md): agreement falls with about half
 * of the square root of the divergence. By them, Llama 3's Q8_0 gets 5, Q5_K_M 4, Q4_K_M 3, Q4_0 2 and Q2_K 1.
 */
export const starThresholds: readonly { readonly stars: Stars; readonly kl: number; readonly agreement: number; readonly meaning: string }[] = [
  { stars: 5, kl: 0.003, agreement: 0.975, meaning: "hardly to be told from the original" },
  { stars: 4, kl: 0.015, agreement: 0.95, meaning: "other words now and then, seldom another meaning" },
  { stars: 3, kl: 0.06, agreement: 0.9, meaning: "other words in most paragraphs: read what is important again" },
  { stars: 2, kl: 0.25, agreement: 0.8, meaning: "often differs from the original: for drafts" },
  { stars: 1, kl: Number.POSITIVE_INFINITY, agreement: 0, meaning: "answers like another model" },
];

/** By divergence and by agreement, the lower of the two; undefined while neither is known. */
export function starsOf({ isOriginal, kl, agreement }: PlainFigures): Stars | undefined {
  if (isOriginal) return 5;
  if (kl === undefined && agreement === undefined) return undefined;
  return starThresholds.find((step) => (kl ?? 0) <= step.kl && (agreement ?? 1) >= step.agreement)?.stars ?? 1;
}

/** How many times smaller than the original; undefined while a size is missing. */
export function compressionFactor({ bytes, originalBytes }: PlainFigures): number | undefined {
  return bytes && originalBytes ? originalBytes / bytes : undefined;
}

export function speedFactor({ tokensPerSecond, originalTokensPerSecond }: PlainFigures): number | undefined {
  return tokensPerSecond && originalTokensPerSecond ? tokensPerSecond / originalTokensPerSecond : undefined;
}

/** One sentence, with this model's figures: what is kept, what is lost. Empty while nothing is known. */
export function lostAndKept(figures: PlainFigures): string {
  if (figures.isOriginal) return "The original: nothing is lost, nothing is saved.";
  const parts = [kept(figures), smaller(figures), faster(figures)].filter((part) => part !== "");
  const sentence = parts.join("; ");
  return sentence && `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function kept({ agreement, kl, foretold }: PlainFigures): string {
  if (agreement !== undefined) {
    return `${foretold ? "is expected to pick" : "picks"} the original's next word ${timesInHundred(agreement)} times in 100`;
  }
  return kl === undefined ? "" : `${foretold ? "is expected to differ" : "differs"} from the original by ${Number(kl.toPrecision(2))} nats per token`;
}

function smaller(figures: PlainFigures): string {
  const factor = compressionFactor(figures);
  if (factor === undefined) return "";
  return factor >= 1 ? `${factor.toFixed(1)} times smaller` : `${(1 / factor).toFixed(1)} times larger`;
}

function faster(figures: PlainFigures): string {
  const factor = speedFactor(figures);
  if (factor === undefined) return "";
  const words = factor >= 0.95 && factor < 1.05 ? "as fast" : `${factor.toFixed(1)} times as fast`;
  return figures.speedForetold ? `about ${words}` : words;
}

/** Whole numbers, but never 100 for what is less: "97", "99.7", "more than 99.9". */
function timesInHundred(share: number): string {
  const times = 100 * share;
  if (times >= 100 || times < 99.5) return times.toFixed(0);
  return times < 99.95 ? times.toFixed(1) : "more than 99.9";
}
