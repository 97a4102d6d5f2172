import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Score } from "../../core/evaluation/score";
import { HumanError } from "../../protocol/humanError";
import type { ScoreState } from "../../protocol/model";
import { type Chunks, scoredPositions } from "./chunks";
import { LogitsKernel, type RowSummary } from "./logitsKernel";
import type { MeasuredModel } from "./measuredModel";

/** Milliseconds of arithmetic after which messages are let in. */
const breath = 30;

/** Scores chunks that every model has just decoded: each model's context holds its logits, and nothing else does. */
export class ChunkScorer {
  readonly #first: number;
  readonly #count: number;
  readonly #kernel: LogitsKernel;
  #paused = performance.now();

  constructor(
    private readonly chunks: Chunks,
    vocabSize: number,
    private readonly signal: AbortSignal,
  ) {
    const { first, count } = scoredPositions(chunks.context);
    this.#first = first;
    this.#count = count;
    this.#kernel = new LogitsKernel(vocabSize);
  }

  /** 1 for every token of `sequences` chunks whose logits are scored. */
  wanted(sequences: number): Int8Array {
    const { context } = this.chunks;
    return Int8Array.from({ length: sequences * context }, (_, index) => {
      const place = index % context;
      return place >= this.#first && place < this.#first + this.#count ? 1 : 0;
    });
  }

  /** What a chunk adds to the score of every model, the base first; the chunk was decoded as the given sequence. */
  async score(chunk: number, sequence: number, models: readonly MeasuredModel[]): Promise<readonly ScoreState[]> {
    const scores = models.map(() => new Score());
    for (let index = 0; index < this.#count; index++) {
      const place = this.#first + index;
      const next = this.chunks.tokens[chunk * this.chunks.context + place + 1] ?? 0;
      let base: RowSummary | undefined;
      for (const [number, model] of models.entries()) {
        const row = base ? this.#kernel.variant : this.#kernel.base;
        model.readLogits(sequence * this.chunks.context + place, row);
        const own = this.#summary(row, model);
        const nll = own.logPartition - (row[next] ?? Number.NaN);
        if (base) scores[number]?.add(nll, { divergence: this.#kernel.divergence(base, own), sameTop: own.top === base.top });
        else scores[number]?.add(nll);
        base ??= own;
      }
      await this.#breathe();
    }
    return scores.map(({ state }) => state);
  }

  /** The arithmetic does not know whose numbers it sees. */
  #summary(row: Float32Array, { path }: MeasuredModel): RowSummary {
    try {
      return this.#kernel.summary(row);
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
      throw new HumanError(error.code, `${basename(path)}: ${error.message}`, { cause: error });
    }
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#paused < breath) return;
    await setImmediate();
    if (this.signal.aborted) throw HumanError.cancelled();
    this.#paused = performance.now();
  }
}
