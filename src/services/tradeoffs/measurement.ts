import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Score } from "../../core/evaluation/score";
import { HumanError, type HumanErrorCode, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { MeasuredRow, ModelFile, ScoreState } from "../../protocol/model";
import type { RowKey } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { CompressionJobs } from "../compressionJobs";
import type { Runtime } from "../ports";
import { clauseScore, type LabelledDocument } from "./clauseScores";
import type { Ground } from "./ground";
import { planBatches } from "./measuringPlan";
import { isWhole } from "./results";
import type { StudyEntry } from "./rows";
import { withScratch } from "./scratch";

/** A version of the original that is to be measured. */
export interface MeasurableVersion extends StudyEntry {
  /** A file of it that stands already. */
  readonly existing?: string;
}

export interface MeasurementSettings {
  readonly threads: number;
  readonly freeMemory: number;
  /** Where versions are made that are only measured. */
  readonly scratch: string;
  readonly labelled: readonly LabelledDocument[];
}

/** What happens meanwhile. */
export interface MeasurementListener {
  busy(key: RowKey, status: "waiting" | "measuring" | undefined): void;
  failed(key: RowKey, sentence: string): void;
  /** `fraction` of the whole run, 0 to 1. */
  progress(label: string, fraction: number): void;
  warning(sentence: string): void;
}

export interface MeasurementParts {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
}

/** Under which the original's own result is kept. */
export const baseKey = "base";
/** Shares of the work: making the versions, then decoding; the rest is reading labelled documents. */
const making = 0.2;
const decoding = 0.6;
/** Milliseconds between two savings of a running measurement: what a window that is closed meanwhile can lose. */
const savingInterval = 10_000;
/** Failures that are not one version's: trying the others again would fail the same way. */
const fatal: readonly HumanErrorCode[] = ["runtimeCrashed", "runtimeStopped", "textTooShort", "badArgument"];

interface MadeVersion {
  readonly version: MeasurableVersion;
  readonly path: string;
}
type Report = (label: string, fraction: number) => void;

/**
 * Makes versions in a scratch folder and measures them against the original, which is decoded once for as many of them as
 * fit in memory. Figures go to the ground's results chunk by chunk, so that a run that was stopped can be gone on with.
 */
export class Measurement {
  /** Chunks that a decoding that did not end has reached. */
  reached: { readonly chunks: number; readonly total: number } | undefined;

  constructor(
    private readonly parts: MeasurementParts,
    private readonly model: ModelFile,
    private readonly ground: Ground,
    private readonly settings: MeasurementSettings,
    private readonly listener: MeasurementListener,
    private readonly token: CancellationToken,
  ) {}

  /** True when something of a version is not known yet. */
  isWanted({ recipeKey }: MeasurableVersion): boolean {
    return !isWhole(this.ground.results.get(recipeKey)) || this.#lacksF1(recipeKey);
  }

  async measure(versions: readonly MeasurableVersion[]): Promise<void> {
    for (const { key } of versions) this.listener.busy(key, "waiting");
    try {
      await withScratch(this.settings.scratch, async (folder) => {
        const batches = this.#batches(versions);
        for (const [index, batch] of batches.entries()) {
          await this.#measureBatch(batch, folder, (label, fraction) => this.listener.progress(label, (index + fraction) / batches.length));
        }
      });
    } finally {
      await this.ground.results.save();
    }
  }

  /** Versions that go on from the same chunk are decoded together. */
  #batches(versions: readonly MeasurableVersion[]): readonly (readonly MeasurableVersion[])[] {
    const starts = [...new Set(versions.map((version) => this.#startOf(version)))];
    return starts.flatMap((start) => planBatches(versions.filter((version) => this.#startOf(version) === start), this.model.bytes, this.settings.freeMemory));
  }

  /** The chunk that a version goes on from. */
  #startOf({ recipeKey }: MeasurableVersion): number {
    const kept = this.ground.results.get(recipeKey);
    return kept?.state && !isWhole(kept) ? kept.row.chunks : 0;
  }

  async #measureBatch(batch: readonly MeasurableVersion[], folder: string, report: Report): Promise<void> {
    const made: MadeVersion[] = [];
    for (const [index, version] of batch.entries()) {
      report(`Quantizing to ${version.label}`, (making * index) / batch.length);
      try {
        made.push({ version, path: version.existing ?? (await this.#make(version, join(folder, `${version.key}.gguf`))) });
      } catch (error) {
        if (isCancellation(error)) throw error;
        this.listener.failed(version.key, sentenceOf(error));
      }
    }
    // Versions that lack only their clause F1 are not decoded again; of those that are all whole, all are.
    const undecoded = made.filter(({ version }) => !isWhole(this.ground.results.get(version.recipeKey)));
    const wanted = undecoded.length > 0 || made.some(({ version }) => this.#lacksF1(version.recipeKey)) ? undecoded : made;
    if (wanted.length > 0) await this.#decode(wanted, (label, fraction) => report(label, making + decoding * fraction));
    await this.#scoreClauses(made, (label, fraction) => report(label, making + decoding + (1 - making - decoding) * fraction));
    for (const { path } of made) if (path.startsWith(folder)) await rm(path, { force: true });
  }

  async #make({ recipe }: MeasurableVersion, output: string): Promise<string> {
    for await (const event of this.parts.jobs.quantize(this.model, recipe, this.token, output)) {
      if (event.kind === "result") return event.result.path;
    }
    throw new HumanError("runtimeStopped", "The quantization ended without a result.");
  }

  /** All given versions at once; when one of them cannot be measured, each for itself, so that only that one fails. */
  async #decode(made: readonly MadeVersion[], report: Report): Promise<void> {
    const keys: readonly RowKey[] = ["base", ...made.map(({ version }) => version.key)];
    for (const key of keys) this.listener.busy(key, "measuring");
    try {
      await this.#run(made, report);
    } catch (error) {
      if (isCancellation(error) || (error instanceof HumanError && fatal.includes(error.code))) throw error;
      if (made.length > 1) for (const one of made) await this.#decode([one], report);
      else for (const { version } of made) this.listener.failed(version.key, sentenceOf(error));
    } finally {
      for (const key of keys) this.listener.busy(key, undefined);
    }
  }

  async #run(made: readonly MadeVersion[], report: Report): Promise<void> {
    const { context, chunks, text, results } = this.ground;
    const recipes = [baseKey, ...made.map(({ version }) => version.recipeKey)];
    const start = Math.max(0, ...made.map(({ version }) => this.#startOf(version)));
    const own = recipes.map((recipe) => this.#stateAt(recipe, start));
    const states = own.map((state) => state ?? placeholder(own));
    const scores = states.map(scoreFrom);
    const job = this.parts.runtime.measure({
      base: this.model.path, variants: made.map(({ path }) => path), text: text.text, context, chunks, threads: this.settings.threads, generation: true,
      ...(start > 0 && { resume: { chunks: start, states } }),
    }, this.token);
    let totalChunks = chunks;
    let saved = performance.now();
    const keep = (rows: readonly MeasuredRow[], ended: boolean): void => {
      for (const [index, row] of rows.entries()) {
        // Figures that rest on a placeholder are nobody's.
        if (start === 0 || own[index]) this.#keep(recipes[index] ?? baseKey, row, totalChunks, ended ? undefined : scores[index]);
      }
    };
    for await (const event of job) {
      if (event.kind === "result") {
        if (event.result.warning) this.listener.warning(event.result.warning);
        keep(event.result.rows, true);
        this.reached = undefined;
        continue;
      }
      const { added, rows, chunks: done, fraction } = event.progress;
      totalChunks = event.progress.totalChunks;
      for (const [index, state] of added.entries()) scores[index]?.merge(state);
      keep(rows, false);
      if (performance.now() - saved > savingInterval) {
        saved = performance.now();
        void results.save();
      }
      this.reached = { chunks: done, total: totalChunks };
      report(`Measuring ${made.length} ${made.length === 1 ? "level" : "levels"}, chunk ${done} of ${totalChunks}`, fraction);
    }
  }

  /** With its score while more is to come: the speed of generation is measured after the last chunk. */
  #keep(recipe: string, row: MeasuredRow, totalChunks: number, score: Score | undefined): void {
    this.ground.results.put(recipe, { row, totalChunks, threads: this.settings.threads, ...(score && { state: score.state }) });
  }

  /** What is known of a recipe after so many chunks. */
  #stateAt(recipe: string, chunks: number): ScoreState | undefined {
    const kept = this.ground.results.get(recipe);
    return kept?.state && kept.row.chunks === chunks ? kept.state : undefined;
  }

  #lacksF1(recipeKey: string): boolean {
    return this.settings.labelled.length > 0 && this.ground.results.get(recipeKey)?.clauseF1 === undefined;
  }

  /** A version that cannot read the labelled documents keeps its other figures. */
  async #scoreClauses(made: readonly MadeVersion[], report: Report): Promise<void> {
    const original = { key: "base" as RowKey, recipeKey: baseKey, label: this.model.type, path: this.model.path };
    const files = [original, ...made.map(({ version: { key, recipeKey, label }, path }) => ({ key, recipeKey, label, path }))];
    const { results } = this.ground;
    for (const [index, { key, recipeKey, label, path }] of files.entries()) {
      if (!results.get(recipeKey) || !this.#lacksF1(recipeKey)) continue;
      this.listener.busy(key, "measuring");
      report(`Reading labelled contracts with ${label}`, index / files.length);
      try {
        const f1 = await clauseScore(this.parts.runtime, path, this.settings.labelled, this.settings.threads, this.token);
        const kept = results.get(recipeKey);
        if (kept) results.put(recipeKey, { ...kept, clauseF1: f1 });
      } catch (error) {
        if (isCancellation(error)) throw error;
        this.listener.warning(`The labelled contracts could not be read with ${label}: ${sentenceOf(error)}`);
      } finally {
        this.listener.busy(key, undefined);
      }
    }
  }
}

/** The original's figures may be whole already, without the sums at this chunk; only the number of positions must be right then. */
function placeholder(states: readonly (ScoreState | undefined)[]): ScoreState {
  const positions = states.find((state) => state !== undefined)?.positions ?? 0;
  return { positions, nllMean: 0, nllSquares: 0, divergences: [], agreements: 0 };
}

function scoreFrom(state: ScoreState): Score {
  const score = new Score();
  score.merge(state);
  return score;
}
