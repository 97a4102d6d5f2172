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

/**
 * Scores chunks that were just decoded, model by model and the base first. The logits stay in the models' contexts, the
 * base's until all variants are scored: nothing is kept here but two rows.
 */
export class ChunkScorer {
  readonly #first: number;
  readonly #count: number;
  readonly #kernel: LogitsKernel;
  #base: { readonly model: MeasuredModel; readonly rows: RowSummary[] } | undefined;
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

  /** What each of the chunks from `first` on adds to the base's score; they were decoded as sequences 0, 1, … */
  scoreBase(first: number, sequences: number, model: MeasuredModel): Promise<readonly ScoreState[]> {
    const rows: RowSummary[] = [];
    this.#base = { model, rows };
    return this.#score(first, sequences, (place, next, score) => {
      const row = this.#kernel.base;
      model.readLogits(place, row);
      const own = this.#summary(row, model);
      rows.push(own);
      score.add(own.logPartition - (row[next] ?? Number.NaN));
    });
  }

  /** The same of a variant, after scoreBase of the same chunks. */
  scoreVariant(first: number, sequences: number, model: MeasuredModel): Promise<readonly ScoreState[]> {
    let index = 0;
    return this.#score(first, sequences, (place, next, score) => {
      const base = this.#base?.rows[index++];
      if (!base) throw new Error("The base comes first.");
      const { base: baseRow, variant: row } = this.#kernel;
      this.#base?.model.readLogits(place, baseRow);
      model.readLogits(place, row);
      const own = this.#summary(row, model);
      score.add(own.logPartition - (row[next] ?? Number.NaN), { divergence: this.#kernel.divergence(base, own), sameTop: own.top === base.top });
    });
  }

  async #score(first: number, sequences: number, add: (place: number, next: number, score: Score) => void): Promise<readonly ScoreState[]> {
    const { tokens, context } = this.chunks;
    const states: ScoreState[] = [];
    for (let sequence = 0; sequence < sequences; sequence++) {
      const score = new Score();
      for (let index = 0; index < this.#count; index++) {
        const place = this.#first + index;
        add(sequence * context + place, tokens[(first + sequence) * context + place + 1] ?? 0, score);
        await this.#breathe();
      }
      states.push(score.state);
    }
    return states;
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
