import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Score } from "../../core/evaluation/score";
import { HumanError, type HumanErrorCode, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { MeasuredRow, ModelFile, QuantSize, Recipe, ScoreState } from "../../protocol/model";
import type { RowKey } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { CompressionJobs } from "../compressionJobs";
import type { Runtime } from "../ports";
import { planBatches } from "./measuringPlan";
import { isWhole, type KeptResult, type Results } from "./results";

/** A version of the original that is to be measured. */
export interface MeasurableLevel {
  readonly key: RowKey;
  readonly label: string;
  readonly recipe: Recipe;
  /** Under which its result is kept. */
  readonly recipeKey: string;
  readonly size: QuantSize;
  /** A file of it that stands already. */
  readonly existing?: string;
}

export interface MeasuringSettings {
  /** Tokens per chunk, and the most chunks. */
  readonly context: number;
  readonly chunks: number;
  readonly threads: number;
  readonly freeMemory: number;
}

/** What happens meanwhile. */
export interface MeasuringListener {
  busy(key: RowKey, status: "waiting" | "measuring" | undefined): void;
  failed(key: RowKey, sentence: string): void;
  /** `fraction` of the whole run, 0 to 1. */
  progress(label: string, fraction: number): void;
  warning(sentence: string): void;
  /** A level's file stands and its figures are in. */
  made(level: MeasurableLevel, path: string): Promise<void>;
}

export interface MeasurementParts {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
}

export const baseRecipe = "base";
/** Milliseconds between two savings of a running measurement: what a window that is closed meanwhile can lose. */
const savingInterval = 10_000;
/** Share of the work that making the levels takes; the rest is decoding. */
const making = 0.2;
/** Failures that are not one level's: trying the others again would fail the same way. */
const fatal: readonly HumanErrorCode[] = ["runtimeCrashed", "runtimeStopped", "textTooShort", "badArgument"];
const empty: ScoreState = { positions: 0, nllMean: 0, nllSquares: 0, divergences: [], agreements: 0 };

interface MadeLevel {
  readonly level: MeasurableLevel;
  readonly path: string;
}

/**
 * Makes levels in a temporary folder and measures them against the original, which is decoded once for as many of them
 * as fit in memory. Figures go to `results` chunk by chunk, so that a run that was stopped can be gone on with.
 */
export class StudyMeasurement {
  /** Chunks that the last measurement reached, for the sentence of a run that was stopped. */
  reached: { readonly chunks: number; readonly total: number } | undefined;

  constructor(
    private readonly parts: MeasurementParts,
    private readonly model: ModelFile,
    private readonly text: string,
    private readonly settings: MeasuringSettings,
    private readonly results: Results,
    private readonly listener: MeasuringListener,
    private readonly token: CancellationToken,
  ) {}

  async measure(levels: readonly MeasurableLevel[]): Promise<void> {
    for (const { key } of levels) this.listener.busy(key, "waiting");
    const folder = await mkdtemp(join(tmpdir(), "decant-"));
    try {
      const batches = this.#batches(levels);
      for (const [index, batch] of batches.entries()) {
        await this.#measureBatch(batch, folder, (label, fraction) => this.listener.progress(label, (index + fraction) / batches.length));
      }
    } finally {
      await this.results.save();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Levels that go on from the same chunk are decoded together. */
  #batches(levels: readonly MeasurableLevel[]): readonly (readonly MeasurableLevel[])[] {
    const starts = [...new Set(levels.map((level) => this.#startOf(level)))];
    return starts.flatMap((start) => planBatches(levels.filter((level) => this.#startOf(level) === start), this.model.bytes, this.settings.freeMemory));
  }

  /** The chunk that a level goes on from. */
  #startOf({ recipeKey }: MeasurableLevel): number {
    const kept = this.results.get(recipeKey);
    return kept?.state && !isWhole(kept) ? kept.row.chunks : 0;
  }

  async #measureBatch(batch: readonly MeasurableLevel[], folder: string, report: (label: string, fraction: number) => void): Promise<void> {
    const made: MadeLevel[] = [];
    for (const [index, level] of batch.entries()) {
      report(`Quantizing to ${level.label}`, (making * index) / batch.length);
      try {
        made.push({ level, path: level.existing ?? (await this.#make(level, join(folder, `${level.key}.gguf`))) });
      } catch (error) {
        if (isCancellation(error)) throw error;
        this.listener.failed(level.key, sentenceOf(error));
      }
    }
    if (made.length > 0) await this.#decode(made, (label, fraction) => report(label, making + (1 - making) * fraction));
    for (const { path } of made) if (path.startsWith(folder)) await rm(path, { force: true });
  }

  async #make({ recipe }: MeasurableLevel, output: string): Promise<string> {
    for await (const event of this.parts.jobs.quantize(this.model, recipe, this.token, output)) {
      if (event.kind === "result") return event.result.path;
    }
    throw new HumanError("runtimeStopped", "The quantization ended without a result.");
  }

  /** All given levels at once; when one of them cannot be measured, each for itself, so that only that one fails. */
  async #decode(made: readonly MadeLevel[], report: (label: string, fraction: number) => void): Promise<void> {
    const keys: readonly RowKey[] = ["base", ...made.map(({ level }) => level.key)];
    for (const key of keys) this.listener.busy(key, "measuring");
    try {
      await this.#run(made, report);
      for (const { level, path } of made) await this.listener.made(level, path);
    } catch (error) {
      if (isCancellation(error) || (error instanceof HumanError && fatal.includes(error.code))) throw error;
      if (made.length > 1) for (const one of made) await this.#decode([one], report);
      else for (const { level } of made) this.listener.failed(level.key, sentenceOf(error));
    } finally {
      for (const key of keys) this.listener.busy(key, undefined);
    }
  }

  async #run(made: readonly MadeLevel[], report: (label: string, fraction: number) => void): Promise<void> {
    const { context, chunks, threads } = this.settings;
    const recipes = [baseRecipe, ...made.map(({ level }) => level.recipeKey)];
    const start = Math.max(0, ...made.map(({ level }) => this.#startOf(level)));
    const states = recipes.map((recipe) => this.#stateAt(recipe, start));
    const scores = states.map((state) => scoreFrom(state));
    const resume = start > 0 ? { chunks: start, states } : undefined;
    const variants = made.map(({ path }) => path);
    const job = this.parts.runtime.measure({ base: this.model.path, variants, text: this.text, context, chunks, threads, generation: true, resume }, this.token);
    let totalChunks = chunks;
    let saved = performance.now();
    const keep = (rows: readonly MeasuredRow[]): void => {
      for (const [index, row] of rows.entries()) this.#keep(recipes[index] ?? baseRecipe, row, totalChunks, scores[index]);
    };
    for await (const event of job) {
      if (event.kind === "result") {
        if (event.result.warning) this.listener.warning(event.result.warning);
        keep(event.result.rows);
        this.reached = undefined;
        continue;
      }
      const { added, rows, chunks: done, fraction } = event.progress;
      totalChunks = event.progress.totalChunks;
      for (const [index, state] of added.entries()) scores[index]?.merge(state);
      keep(rows);
      if (performance.now() - saved > savingInterval) {
        saved = performance.now();
        void this.results.save();
      }
      this.reached = { chunks: done, total: totalChunks };
      report(`Measuring ${made.length} ${made.length === 1 ? "level" : "levels"}, chunk ${done} of ${totalChunks}`, fraction);
    }
  }

  #keep(recipe: string, row: MeasuredRow, totalChunks: number, score: Score | undefined): void {
    const whole = row.chunks >= totalChunks;
    this.results.put(recipe, { row, totalChunks, ...(!whole && score && { state: score.state }) } satisfies KeptResult);
  }

  /** What is known of a recipe after so many chunks; the original's figures may rest on more already, and then stay. */
  #stateAt(recipe: string, chunks: number): ScoreState {
    const kept = this.results.get(recipe);
    return kept?.state && kept.row.chunks === chunks ? kept.state : empty;
  }
}

function scoreFrom(state: ScoreState): Score {
  const score = new Score();
  score.merge(state);
  return score;
}
