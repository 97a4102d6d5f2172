import { setImmediate } from "node:timers/promises";
import { logSoftmax } from "../core/evaluation/logSoftmax";
import type { Prediction, Score } from "../core/evaluation/score";
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

/** Scores decoded chunks. Keeps the base's log-probabilities of one chunk: scored positions × vocabulary × 4 bytes. */
export class ChunkScorer {
  readonly #first: number;
  readonly #count: number;
  readonly #base: Float32Array;
  readonly #baseTop: Int32Array;
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
    this.#baseTop = new Int32Array(count);
    this.#row = new Float32Array(vocabSize);
  }

  /** 1 for every token whose logits are scored. */
  get wanted(): Int8Array {
    return new Int8Array(this.chunks.context).fill(1, this.#first, this.#first + this.#count);
  }

  async scoreBase(chunk: number, model: MeasuredModel, score: Score): Promise<void> {
    for (let index = 0; index < this.#count; index++) {
      const logProbabilities = this.#base.subarray(index * this.vocabSize, (index + 1) * this.vocabSize);
      model.readLogits(this.#first + index, logProbabilities);
      this.#baseTop[index] = logSoftmax(logProbabilities, logProbabilities);
      score.add(this.#next(chunk, index), this.#basePrediction(index));
      await this.#breathe();
    }
  }

  async scoreVariant(chunk: number, model: MeasuredModel, score: Score): Promise<void> {
    for (let index = 0; index < this.#count; index++) {
      model.readLogits(this.#first + index, this.#row);
      const top = logSoftmax(this.#row, this.#row);
      score.add(this.#next(chunk, index), { logProbabilities: this.#row, top }, this.#basePrediction(index));
      await this.#breathe();
    }
  }

  #basePrediction(index: number): Prediction {
    const logProbabilities = this.#base.subarray(index * this.vocabSize, (index + 1) * this.vocabSize);
    return { logProbabilities, top: this.#baseTop[index] ?? 0 };
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
