import type { MeasuredRow, QuantSize } from "../../protocol/model";

/** What is known of the work before it is done. */
export interface CostBasis {
  /** Weights of the model. */
  readonly parameters: number;
  readonly threads: number;
  /** Tokens per chunk, and chunks. */
  readonly context: number;
  readonly chunks: number;
  /** Characters of labelled documents that every version reads besides. */
  readonly labelledCharacters: number;
  /** The original's row on this machine, when it was measured. */
  readonly base?: MeasuredRow;
}

/** Weights that one thread quantizes in a second; the I-quants search a codebook for every block. Measured on one core of a server. */
const weightsPerSecond = { plain: 25e6, searched: 2e6 };
/** Floating-point operations per second of one thread in matrix products, for a model that was not measured yet. */
const operationsPerSecond = 30e9;
/** Tokens written to measure the speed of generation, and how much slower they are than tokens read. */
const generated = 128;
const generationFactor = 8;

const charactersPerToken = 3;

/** Seconds to decode the text and the labelled documents once with one model. */
export function decodingSeconds({ parameters, threads, context, chunks, labelledCharacters, base }: CostBasis): number {
  const speed = base?.promptTokensPerSecond || (threads * operationsPerSecond) / (2 * Math.max(1, parameters));
  const generation = base?.generationTokensPerSecond || speed / generationFactor;
  return (chunks * context + labelledCharacters / charactersPerToken) / speed + generated / generation;
}

/** Seconds to make and measure a version besides the original, and bytes of disk that it takes meanwhile. */
export function costOf(size: QuantSize, basis: CostBasis): { readonly seconds: number; readonly bytes: number } {
  const rate = /^(IQ|TQ)/.test(size.type) ? weightsPerSecond.searched : weightsPerSecond.plain;
  return { seconds: basis.parameters / (rate * basis.threads) + decodingSeconds(basis), bytes: size.bytes };
}
