import { setImmediate } from "node:timers/promises";
import { type Prediction, predictionOf } from "../../core/evaluation/prediction";
import type { Score } from "../../core/evaluation/score";
import type { MeasuredModel } from "./measuredModel";

/** The text cut as llama-perplexity cuts it: chunks of `context` tokens, of which the second half is scored. */
export interface Chunks {
  readonly tokens: Int32Array;
  readonly context: number;
  readonly count: number;
}

/** Scored positions of a chunk: each has half a chunk of context before it, and a token after it to foretell. */
export function scoredPositions(context: number): { readonly first: number; readonly count: number } {
  const first = Math.floor(context / 2);
  return { first, count: context - 1 - first };
}

/** Scores decoded chunks. Keeps the base's logits of one chunk: scored positions × vocabulary × 4 bytes. */
export class ChunkScorer {
  readonly #first: number;
  readonly #count: number;
  readonly #base: Float32Array;
  #basePredictions: Prediction[] = [];
  readonly #row: Float32Array;
  #paused = performance.now();

  constructor(
    private readonly chunks: Chunks,
    private readonly vocabSize: number,
  ) {
    const { first, count } = scoredPositions(chunks.context);
    this.#first = first;
    this.#count = count;
    this.#base = new Float32Array(count * vocabSize);
    this.#row = new Float32Array(vocabSize);
  }

  /** 1 for every token whose logits are scored. */
  get wanted(): Int8Array {
    return new Int8Array(this.chunks.context).fill(1, this.#first, this.#first + this.#count);
  }

  async scoreBase(chunk: number, model: MeasuredModel, score: Score): Promise<void> {
    this.#basePredictions = [];
    for (let index = 0; index < this.#count; index++) {
      const logits = this.#base.subarray(index * this.vocabSize, (index + 1) * this.vocabSize);
      model.readLogits(this.#first + index, logits);
      const prediction = predictionOf(logits);
      this.#basePredictions.push(prediction);
      score.add(this.#next(chunk, index), prediction);
      await this.#breathe();
    }
  }

  /** After scoreBase of the same chunk. */
  async scoreVariant(chunk: number, model: MeasuredModel, score: Score): Promise<void> {
    for (const [index, base] of this.#basePredictions.entries()) {
      model.readLogits(this.#first + index, this.#row);
      score.add(this.#next(chunk, index), predictionOf(this.#row), base);
      await this.#breathe();
    }
  }

  #next(chunk: number, index: number): number {
    return this.chunks.tokens[chunk * this.chunks.context + this.#first + index + 1] ?? 0;
  }

  /** Lets messages in: a vocabulary of 150,000 tokens keeps the arithmetic busy for seconds. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#paused < 30) return;
    await setImmediate();
    this.#paused = performance.now();
  }
}
