import { createHash } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emitter } from "../core/emitter";
import { bitsPerWeight, type GgufHeader } from "../core/gguf/header";
import { secondsLeft } from "../core/progress";
import { HumanError, type HumanErrorCode, isCancellation, sentenceOf } from "../protocol/humanError";
import type { Machine, MeasuredRow, ModelFile, QuantSize, QuantType } from "../protocol/model";
import type { JobProgress, TradeoffsSnapshot } from "../protocol/panels";
import { type CancellationToken, CancellationTokenSource } from "../protocol/rpc";
import type { CompressionJobs } from "./compressionJobs";
import { readGgufFile } from "./ggufFile";
import { chunkTokens, planBatches } from "./measuringPlan";
import type { Log, Runtime } from "./ports";
import { type RowKey, adviceOf, tradeoffRows } from "./tradeoffRows";

export interface StudyText {
  readonly name: string;
  readonly kind: "document" | "bundled";
  readonly text: string;
}

export interface StudyOptions {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
  readonly log: Log;
  threads(): number;
  /** Tokens of context that the memory column counts with. */
  contextSize(): number;
  /** Tokens per measured chunk and the most chunks to measure. */
  measuring(): { readonly context: number; readonly chunks: number };
}

interface MadeLevel {
  readonly type: QuantType;
  readonly path: string;
}

/** Failures that are not one level's: trying the others again would fail the same way. */
const fatal: readonly HumanErrorCode[] = ["runtimeCrashed", "runtimeStopped", "textTooShort", "badArgument"];

/** One model's levels, what each costs and what each loses on a text: the state behind the tradeoff panel. */
export class TradeoffStudy {
  readonly #changed = new Emitter<TradeoffsSnapshot>();
  readonly onDidChange = this.#changed.event;
  /** Measured rows of every text seen, by text hash. */
  readonly #results = new Map<string, Map<RowKey, MeasuredRow>>();
  readonly #busy = new Map<RowKey, "waiting" | "measuring">();
  readonly #problems = new Map<RowKey, string>();
  #existing = new Map<QuantType, string>();
  #header: GgufHeader | undefined;
  #sizes: readonly QuantSize[] = [];
  #machine: Machine = { totalMemory: 0, freeMemory: 0, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 0 };
  #progress: JobProgress | undefined;
  #problem: string | undefined;
  #measuring: CancellationTokenSource | undefined;
  /** Said after a measurement that did not reach its end. */
  #partly = "";

  constructor(
    private readonly options: StudyOptions,
    readonly model: ModelFile,
    private text: StudyText,
  ) {}

  get snapshot(): TradeoffsSnapshot {
    const rows = tradeoffRows({
      model: this.model, header: this.#header, sizes: this.#sizes, machine: this.#machine, context: this.#context,
      measured: this.#measured(), busy: this.#busy, problems: this.#problems, existing: this.#existing,
    });
    return {
      model: this.model,
      machine: this.#machine,
      context: this.#context,
      text: { name: this.text.name, kind: this.text.kind, words: this.text.text.split(/\s+/).filter(Boolean).length },
      rows,
      advice: adviceOf(this.model, rows, this.text.name),
      progress: this.#progress,
      problem: this.#problem,
    };
  }

  /** Reads the machine and the exact size of every level. */
  async open(token: CancellationToken): Promise<void> {
    try {
      this.#header = (await readGgufFile(this.model.path)).header;
      this.#machine = await this.options.runtime.machine();
      const sizes = await this.options.jobs.sizes(this.model, token);
      const largest = bitsPerWeight(this.#header);
      this.#sizes = sizes.filter((size) => size.problem || size.bitsPerWeight < 0.99 * largest).sort((a, b) => b.bytes - a.bytes);
      // Whatever stands in the way of every level stands in the way as a whole.
      this.#problem = sizes.length > 0 && sizes.every(({ problem }) => problem) ? sizes[0]?.problem : undefined;
      await this.#findExisting();
    } catch (error) {
      if (!isCancellation(error)) this.#problem = sentenceOf(error);
    }
    this.#fire();
  }

  setText(text: StudyText): void {
    if (this.#measuring) return;
    this.text = text;
    this.#problems.clear();
    this.#fire();
  }

  /** Measures levels against the original; rows fill in chunk by chunk. A second call while one runs is refused. */
  async measure(types: readonly QuantType[], token: CancellationToken): Promise<void> {
    if (this.#measuring) throw new HumanError("badArgument", "A measurement is running: stop it first.");
    const possible = this.#sizes.filter((size) => !size.problem && types.includes(size.type));
    if (possible.length === 0) throw new HumanError("badArgument", "Choose at least one level to measure.");
    const source = new CancellationTokenSource();
    const linked = token.onCancellationRequested(() => source.cancel());
    this.#measuring = source;
    this.#problem = undefined;
    this.#partly = "";
    this.#problems.clear();
    for (const { type } of possible) this.#busy.set(type, "waiting");
    this.#busy.set("base", "waiting");
    try {
      await this.#measureAll(possible, source.token);
    } catch (error) {
      this.#problem = `${isCancellation(error) ? "Stopped." : sentenceOf(error)}${this.#partly}`;
    } finally {
      linked.dispose();
      this.#measuring = undefined;
      this.#busy.clear();
      this.#progress = undefined;
      await this.#findExisting();
      this.#fire();
    }
  }

  stop(): void {
    this.#measuring?.cancel();
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  async #measureAll(sizes: readonly QuantSize[], token: CancellationToken): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "decant-"));
    const started = performance.now();
    const report = (label: string, fraction: number): void => {
      this.#progress = { label, fraction, secondsLeft: secondsLeft(fraction, (performance.now() - started) / 1000) };
      this.#fire();
    };
    try {
      const batches = planBatches(sizes, this.model.bytes, this.#machine.freeMemory);
      for (const [index, batch] of batches.entries()) {
        const within = (fraction: number): number => (index + fraction) / batches.length;
        await this.#measureBatch(batch, folder, token, (label, fraction) => report(label, within(fraction)));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Makes the levels of one batch in the folder, then decodes the original and all of them chunk by chunk. */
  async #measureBatch(batch: readonly QuantSize[], folder: string, token: CancellationToken, report: (label: string, fraction: number) => void): Promise<void> {
    const quantizing = 0.2;
    const made: MadeLevel[] = [];
    for (const [index, { type }] of batch.entries()) {
      report(`Quantizing to ${type}`, (quantizing * index) / batch.length);
      const existing = this.#existing.get(type);
      try {
        made.push({ type, path: existing ?? (await this.#quantize(type, join(folder, `${type}.gguf`), token)) });
      } catch (error) {
        if (isCancellation(error)) throw error;
        this.#problems.set(type, sentenceOf(error));
        this.#busy.delete(type);
      }
    }
    if (made.length > 0) await this.#measureMade(made, token, (label, fraction) => report(label, quantizing + (1 - quantizing) * fraction));
    for (const { path } of made) if (path.startsWith(folder)) await rm(path, { force: true });
  }

  /** Decodes all given levels at once; when one of them cannot be measured, each for itself, so that only that one fails. */
  async #measureMade(made: readonly MadeLevel[], token: CancellationToken, report: (label: string, fraction: number) => void): Promise<void> {
    const keys: readonly RowKey[] = ["base", ...made.map(({ type }) => type)];
    for (const key of keys) this.#busy.set(key, "measuring");
    try {
      await this.#runMeasurement(made, keys, token, report);
    } catch (error) {
      if (isCancellation(error) || (error instanceof HumanError && fatal.includes(error.code))) throw error;
      if (made.length > 1) for (const level of made) await this.#measureMade([level], token, report);
      else for (const { type } of made) this.#problems.set(type, sentenceOf(error));
    } finally {
      for (const key of keys) this.#busy.delete(key);
    }
  }

  async #runMeasurement(made: readonly MadeLevel[], keys: readonly RowKey[], token: CancellationToken, report: (label: string, fraction: number) => void): Promise<void> {
    const { runtime, threads, measuring } = this.options;
    const { context, chunks } = measuring();
    const variants = made.map(({ path }) => path);
    const job = runtime.measure({ base: this.model.path, variants, text: this.text.text, context: chunkTokens(this.text.text, Math.min(context, this.#context)), chunks, threads: threads(), generation: true }, token);
    const results = this.#measured();
    for await (const event of job) {
      const { rows } = event.kind === "result" ? event.result : event.progress;
      for (const [index, row] of rows.entries()) results.set(keys[index] ?? "base", row);
      if (event.kind === "result") {
        this.#partly = "";
        continue;
      }
      const { chunks: done, totalChunks, fraction } = event.progress;
      this.#partly = ` The figures rest on ${done} of ${totalChunks} chunks of the text: measure again for the rest.`;
      report(`Measuring ${made.length} ${made.length === 1 ? "level" : "levels"}, chunk ${done} of ${totalChunks}`, fraction);
    }
  }

  async #quantize(type: QuantType, output: string, token: CancellationToken): Promise<string> {
    for await (const event of this.options.jobs.quantize(this.model, { type }, token, output)) {
      if (event.kind === "result") return event.result.path;
    }
    throw new HumanError("runtimeStopped", "The quantization ended without a result.");
  }

  #measured(): Map<RowKey, MeasuredRow> {
    const key = createHash("sha256").update(this.text.text).digest("hex");
    const known = this.#results.get(key) ?? new Map<RowKey, MeasuredRow>();
    this.#results.set(key, known);
    return known;
  }

  async #findExisting(): Promise<void> {
    const found = new Map<QuantType, string>();
    for (const { type, bytes } of this.#sizes) {
      const path = this.options.jobs.outputPath(this.model, type);
      const status = await stat(path).catch(() => undefined);
      // A name is no proof: a file of another size was made of another model or in another way.
      if (path !== this.model.path && status?.isFile() && status.size === bytes) found.set(type, path);
    }
    this.#existing = found;
  }

  /** The context that the memory column counts with: a model is never run beyond what it was trained for. */
  get #context(): number {
    return Math.min(this.options.contextSize(), this.model.contextLength || Number.POSITIVE_INFINITY);
  }

  #fire(): void {
    this.#changed.fire(this.snapshot);
  }
}
