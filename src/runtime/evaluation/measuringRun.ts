import { basename } from "node:path";
import { languageWarning } from "../../core/evaluation/language";
import { Score } from "../../core/evaluation/score";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredRow, ScoreState } from "../../protocol/model";
import type { MeasureParams, MeasureProgress, MeasureResult } from "../../protocol/rpc";
import type { TokenBatch } from "../ffi/tokenBatch";
import type { Chunks } from "./chunks";
import { ChunkScorer } from "./chunkScorer";
import type { MeasuredModel } from "./measuredModel";
import { measureSpeeds, type Speeds } from "./speed";

/** A model under measurement and what is known of it so far. */
interface Candidate {
  readonly model: MeasuredModel;
  readonly score: Score;
  speeds?: Speeds;
}

/** Decodes and scores the chunks that are left; the base comes first in all lists. */
export class MeasuringRun {
  readonly #candidates: readonly Candidate[];
  readonly #scorer: ChunkScorer;
  /** Nobody knows how many bytes the chunks make: the whole text's bytes per token stand for theirs. */
  readonly #textBytes: number;
  #done: number;

  constructor(
    private readonly models: readonly MeasuredModel[],
    private readonly chunks: Chunks,
    private readonly batch: TokenBatch,
    private readonly params: MeasureParams,
    private readonly signal: AbortSignal,
  ) {
    this.#candidates = models.map((model) => ({ model, score: new Score() }));
    this.#scorer = new ChunkScorer(chunks, models[0]?.vocabSize ?? 0, signal);
    this.#textBytes = Buffer.byteLength(params.text);
    this.#done = Math.min(params.resume?.chunks ?? 0, chunks.count);
    params.resume?.states.forEach((state, index) => this.#candidates[index]?.score.merge(state));
  }

  get result(): MeasureResult {
    const base = this.#candidates[0];
    const warning = base && base.score.positions > 0
      ? languageWarning(basename(base.model.path), base.score.state.nllMean, this.chunks.tokens.length, this.#textBytes)
      : undefined;
    return { chunks: this.#done, rows: this.#candidates.map((candidate) => this.#row(candidate)), ...(warning && { warning }) };
  }

  async start(onProgress: (progress: MeasureProgress) => void): Promise<void> {
    const { count, context } = this.chunks;
    const steps = count + (this.params.generation ? 1 : 0);
    const report = (step: number, added: readonly ScoreState[]): void =>
      onProgress({ ...this.result, totalChunks: count, fraction: step / steps, added });
    await this.#warmUp();
    const atOnce = this.batch.capacity / context;
    while (this.#done < count) {
      const first = this.#done;
      const sequences = Math.min(atOnce, count - first);
      const states = await this.#decodeAndScore(first, sequences, atOnce);
      for (let sequence = 0; sequence < sequences; sequence++) {
        const added = states.map((chunks) => chunks[sequence] ?? new Score().state);
        added.forEach((state, index) => this.#candidates[index]?.score.merge(state));
        this.#done++;
        report(this.#done, added);
        this.#checkAborted();
      }
    }
    if (!this.params.generation) return;
    for (const candidate of this.#candidates) {
      this.#checkAborted();
      candidate.speeds = await measureSpeeds(candidate.model, this.batch, this.signal);
    }
    report(steps, this.#candidates.map(() => new Score().state));
  }

  /** Uses every weight once, so that the time of the first chunk is not that of the disk. */
  async #warmUp(): Promise<void> {
    for (const model of this.models) {
      this.#checkAborted();
      model.forget();
      this.batch.fill(Int32Array.of(model.bos ?? 0), 0, Int8Array.of(1));
      await model.decode(this.batch);
    }
  }

  /**
   * The states of the chunks from `first` on, by model and then by chunk. While one model is decoded on other threads, the
   * one before it is scored on this one.
   */
  async #decodeAndScore(first: number, sequences: number, atOnce: number): Promise<readonly (readonly ScoreState[])[]> {
    const wanted = this.#scorer.wanted(atOnce);
    const states: (readonly ScoreState[])[] = [];
    let scoring: Promise<readonly ScoreState[]> | undefined;
    try {
      for (const [index, model] of this.models.entries()) {
        await model.decodeChunks(this.batch, this.#tokens(first, atOnce, model.bos), wanted);
        this.#checkAborted();
        if (scoring) states.push(await scoring);
        scoring = index === 0 ? this.#scorer.scoreBase(first, sequences, model) : this.#scorer.scoreVariant(first, sequences, model);
        scoring.catch(() => {}); // heard when it is awaited
      }
      if (scoring) states.push(await scoring);
      return states;
    } finally {
      // Scoring reads native memory that is freed after a failure.
      await scoring?.catch(() => {});
    }
  }

  /** The last chunk stands in for those beyond the end, so that all batches have one shape. */
  #tokens(first: number, sequences: number, bos: number | undefined): Int32Array {
    const { tokens, context, count } = this.chunks;
    const own = new Int32Array(sequences * context);
    for (let sequence = 0; sequence < sequences; sequence++) {
      const start = Math.min(first + sequence, count - 1) * context;
      own.set(tokens.subarray(start, start + context), sequence * context);
      if (bos !== undefined) own[sequence * context] = bos;
    }
    return own;
  }

  #row({ model, score, speeds }: Candidate): MeasuredRow {
    return {
      path: model.path,
      type: model.type,
      bytes: model.layout.fileBytes,
      bitsPerWeight: model.bitsPerWeight,
      ...score.figures,
      promptTokensPerSecond: speeds?.promptTokensPerSecond ?? model.promptTokensPerSecond,
      generationTokensPerSecond: speeds?.generationTokensPerSecond ?? 0,
      memory: model.memory,
      chunks: this.#done,
      ...(model.adapters.length > 0 && { adapters: model.adapters }),
    };
  }

  #checkAborted(): void {
    if (this.signal.aborted) throw HumanError.cancelled();
  }
}
