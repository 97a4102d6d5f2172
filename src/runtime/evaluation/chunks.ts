import { HumanError } from "../../protocol/humanError";
import type { MeasureParams } from "../../protocol/rpc";

/** The text cut as llama-perplexity cuts it: chunks of `context` tokens, of which the second half is scored. */
export interface Chunks {
  readonly tokens: Int32Array;
  readonly context: number;
  readonly count: number;
}

/** Two chunks at least, as llama-perplexity asks: fewer positions say nothing about a model. */
export function cut(tokens: Int32Array, { text, context, chunks }: MeasureParams): Chunks {
  if (text.trim() === "") throw new HumanError("textTooShort", "There is no text to measure on: choose one with words in it.");
  if (tokens.length < 2 * context) {
    throw new HumanError("textTooShort", `The text has ${tokens.length} tokens, but measuring with a context of ${context} needs at least ${2 * context}: take a longer text or a smaller context.`);
  }
  const most = Math.floor(tokens.length / context);
  return { tokens, context, count: Math.min(chunks ?? most, most) };
}

/** Scored positions of a chunk: each has half a chunk of context before it, and a token after it to foretell. */
export function scoredPositions(context: number): { readonly first: number; readonly count: number } {
  const first = Math.floor(context / 2);
  return { first, count: context - 1 - first };
}

/**
 * Tokens that are decoded at once: llama.cpp's micro-batch. llama-perplexity gives four times as many to one call, which
 * cuts every chunk into four pieces and was no faster here, but takes four times the memory for logits and cache.
 */
const batchTokens = 512;
/** Bytes of logits that one model may hold. */
const mostLogits = 256 * 1024 * 1024;

/**
 * Chunks that are decoded at once, each as a sequence of its own. It does not depend on the length of the text, so that a
 * chunk gives the same figures to the last bit wherever a measurement begins and ends.
 */
export function sequencesAtOnce(context: number, vocabSize: number): number {
  const logits = scoredPositions(context).count * vocabSize * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(Math.floor(batchTokens / context), Math.floor(mostLogits / logits)));
}
