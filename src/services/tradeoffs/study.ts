import { stat } from "node:fs/promises";
import { cueSchemeFromMetadata } from "../../core/documents/cues";
import { Emitter } from "../../core/emitter";
import { modelShape } from "../../core/fit/memory";
import { weightBudget } from "../../core/fit/placement";
import { activeShareOf } from "../../core/fit/speed";
import { bitsPerWeight, type GgufHeader, weightBytes } from "../../core/gguf/header";
import { secondsLeft } from "../../core/progress";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { CacheType, ImatrixInfo, Machine, ModelFile, TensorErrors } from "../../protocol/model";
import type { JobProgress, MixGoal, RowKey, RowStatus, Stake, StudyText as ShownText, Task, TensorErrorsTable, TradeoffsSnapshot } from "../../protocol/panels";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import type { CompressionJobs } from "../compressionJobs";
import { readGgufFile } from "../ggufFile";
import type { JsonStore } from "../jsonStore";
import type { Log, Runtime } from "../ports";
import { adviceOf, gainSentence, mixWarning } from "./advice";
import { ClauseScores, type LabelledDocument } from "./clauseScores";
import { costOf, decodingSeconds } from "./costs";
import { errorTable } from "./errorTable";
import { Estimates } from "./estimates";
import { fingerprint, hashOf } from "./fingerprint";
import { Levels } from "./levels";
import { chunkTokens } from "./measuringPlan";
import { baseRecipe, StudyMeasurement } from "./measurement";
import { isWhole, Results } from "./results";
import { type StudyState, tradeoffRows } from "./rows";
import { StudyMachine } from "./studyMachine";

export interface StudyText {
  readonly name: string;
  readonly kind: ShownText["kind"];
  readonly text: string;
}

export interface StudyOptions {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
  readonly log: Log;
  /** Keeps results and samples between sessions. */
  readonly store: JsonStore;
  threads(): number;
  /** Tokens of context that the memory column counts with at first. */
  contextSize(): number;
  /** Tokens per measured chunk and the most chunks to measure. */
  measuring(): { readonly context: number; readonly chunks: number };
  /** Documents whose clauses lawyers labelled, to tell what a level costs in findings; none when there are none. */
  labelled?(): Promise<readonly LabelledDocument[]>;
}

/** One model's versions, what each costs and what each loses on a text: the state behind the tradeoff panel and command. */
export class TradeoffStudy {
  readonly #changed = new Emitter<TradeoffsSnapshot>();
  readonly onDidChange = this.#changed.event;
  readonly #busy = new Map<RowKey, RowStatus>();
  readonly #problems = new Map<RowKey, string>();
  readonly #existing = new Map<RowKey, string>();
  readonly #levels: Levels;
  readonly machine: StudyMachine;
  #header: GgufHeader | undefined;
  #fingerprint = "";
  readonly #estimates: Estimates;
  #results: Results | undefined;
  #imatrix: ImatrixInfo | undefined;
  #task: Task = "analysis";
  #stake: Stake = "important";
  #askedBudget: { readonly bytes: number; readonly label: string } | undefined;
  #progress: JobProgress | undefined;
  #problem: string | undefined;
  #warning: string | undefined;
  #measuring: CancellationTokenSource | undefined;

  constructor(
    private readonly options: StudyOptions,
    readonly model: ModelFile,
    private text: StudyText,
  ) {
    this.#levels = new Levels(options.jobs, model);
    this.machine = new StudyMachine(Math.min(options.contextSize(), model.contextLength || Number.POSITIVE_INFINITY));
    this.#estimates = new Estimates(options, model, this.machine, this.#levels, (sampling) => {
      if (sampling !== undefined) this.#progress = { label: "Sampling the tensors for estimates", fraction: sampling };
      this.#fire();
    });
  }

  get snapshot(): TradeoffsSnapshot {
    const { machine, model } = this;
    const state = this.#state();
    const rows = state ? tradeoffRows(state) : [];
    const forecasts = state?.forecasts;
    const base = rows.find(({ kind }) => kind === "base");
    return {
      model,
      machine: machine.chosen, machineId: machine.id, machines: machine.choices,
      context: machine.context, contexts: contextsFor(model, machine.context), cacheType: machine.cacheType,
      text: { name: this.text.name, kind: this.text.kind, words: this.text.text.split(/\s+/).filter(Boolean).length },
      task: this.#task, stake: this.#stake,
      budget: this.#budget(state),
      rows,
      advice: base && adviceOf({ task: this.#task, stake: this.#stake, base, textName: this.text.name }, rows),
      imatrix: this.#imatrix && { name: fileName(this.#imatrix.path), documents: this.#imatrix.datasets.length, chunks: this.#imatrix.chunks, gain: gainSentence(rows) },
      forecastNote: forecasts && forecastNote(forecasts.observations),
      baseSeconds: decodingSeconds(this.#costBasis()),
      resumable: rows.some(({ key }) => this.#isPartial(key)),
      progress: this.#progress,
      warning: this.#warning ?? mixWarning(rows),
      problem: this.#problem,
    };
  }

  /**
   * Reads the machine, what was measured before, the exact size of every level, and samples the tensors for the forecasts;
   * each shows as soon as it is there. With a matrix every level is made with it.
   */
  async open(token: CancellationToken, matrix?: ImatrixInfo): Promise<void> {
    try {
      this.#header = (await readGgufFile(this.model.path)).header;
      this.#fingerprint = await fingerprint(this.model.path);
      if (matrix) await this.#setMatrix(matrix);
      await this.#openResults();
      this.machine.here = await this.options.runtime.machine();
      await this.#readAll(this.#header, token);
    } catch (error) {
      if (!isCancellation(error)) this.#problem = sentenceOf(error);
    } finally {
      this.#progress = undefined;
    }
    this.#fire();
  }

  async setText(text: StudyText): Promise<void> {
    if (this.#measuring) return;
    this.text = text;
    this.#problems.clear();
    this.#warning = undefined;
    await this.#openResults();
    this.#fire();
  }

  async setContext(context: number, token: CancellationToken): Promise<void> {
    this.machine.context = context;
    this.#fire();
    await this.#estimates.simulateMemory(token);
  }

  async setCacheType(cacheType: CacheType, token: CancellationToken): Promise<void> {
    this.machine.cacheType = cacheType;
    this.#fire();
    await this.#estimates.simulateMemory(token);
  }

  setMachine(id: string): void {
    this.machine.id = id;
    this.#askedBudget = undefined;
    this.#fire();
  }

  setOwnMachine(label: string, machine: Machine): void {
    this.machine.setOwn(label, machine);
    this.#fire();
  }

  setTask(task: Task, stake: Stake): void {
    [this.#task, this.#stake] = [task, stake];
    this.#fire();
  }

  /** Makes every level with this importance matrix from now on; undefined goes back to plain levels. */
  async useMatrix(info: ImatrixInfo | undefined, token: CancellationToken): Promise<void> {
    if (!this.#header) return;
    await this.#setMatrix(info);
    try {
      await this.#readAll(this.#header, token);
    } finally {
      this.#progress = undefined;
      this.#fire();
    }
  }

  /** Adds the mix of types that loses least within a size, or is smallest within a loss, as a row. */
  async findMix(goal: MixGoal, token: CancellationToken): Promise<RowKey> {
    const errors = this.#sampledErrors();
    const forecasts = this.#estimates.forecasts(this.#results)!;
    const key = await this.#levels.addMix({ goal, errors, forecast: (cost) => forecasts.klFrom(cost), rows: this.snapshot.rows }, token);
    if (goal.kind === "bytes") this.#askedBudget = { bytes: goal.bytes, label: "your budget" };
    this.#fire();
    return key;
  }

  /** Error of every tensor by type, and what it is expected to cost. */
  tensorErrors(): TensorErrorsTable {
    return errorTable(this.#sampledErrors(), this.#estimates.forecasts(this.#results));
  }

  /** Measures rows against the original; they fill in chunk by chunk. A second call while one runs is refused. */
  async measure(keys: readonly RowKey[], token: CancellationToken): Promise<void> {
    if (this.#measuring) throw new HumanError("badArgument", "A measurement is running: stop it first.");
    const asked = this.#levels.entries.filter((entry) => !entry.size.problem && keys.includes(entry.key));
    if (asked.length === 0) throw new HumanError("badArgument", "Choose at least one level to measure.");
    const source = new CancellationTokenSource();
    const linked = token.onCancellationRequested(() => source.cancel());
    this.#measuring = source;
    this.#problem = this.#warning = undefined;
    this.#problems.clear();
    const clauses = new ClauseScores(this.options.runtime, await this.#labelled(), this.options.threads(), source.token);
    let run: StudyMeasurement | undefined;
    try {
      const results = this.#results ?? (await this.#openResults());
      const wanted = asked.filter(({ recipeKey }) => !isWhole(results.get(recipeKey)) || clauses.wanted(results, recipeKey));
      run = this.#run(results, clauses, source.token);
      await run.measure((wanted.length > 0 ? wanted : asked).map((entry) => ({ ...entry, existing: this.#existing.get(entry.key) })));
    } catch (error) {
      const partly = run?.reached ? ` The figures rest on ${run.reached.chunks} of ${run.reached.total} chunks of the text: measure again for the rest.` : "";
      this.#problem = `${isCancellation(error) ? "Stopped." : sentenceOf(error)}${partly}`;
    } finally {
      linked.dispose();
      await clauses.restore(token).catch((error: unknown) => this.options.log.error("The model that was loaded before could not be loaded again.", error));
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

  /** What a row is made of, for the command that makes it. */
  entry(key: RowKey): Levels["entries"][number] | undefined {
    return this.#levels.entries.find((entry) => entry.key === key);
  }

  /** Names what the figures rest on, for reports. */
  get provenance(): { readonly fingerprint: string; readonly textHash: string; readonly context: number; readonly chunks: number; readonly threads: number } {
    return { fingerprint: this.#fingerprint, textHash: hashOf(this.text.text), ...this.#settings(), threads: this.options.threads() };
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  #run(results: Results, clauses: ClauseScores, token: CancellationToken): StudyMeasurement {
    const { runtime, jobs, threads } = this.options;
    const started = performance.now();
    const settings = { ...this.#settings(), threads: threads(), freeMemory: this.machine.here.freeMemory };
    return new StudyMeasurement({ runtime, jobs }, this.model, this.text.text, settings, results, {
      busy: (key, status) => {
        if (status) this.#busy.set(key, status);
        else this.#busy.delete(key);
      },
      failed: (key, sentence) => this.#problems.set(key, sentence),
      progress: (label, fraction) => {
        this.#progress = { label, fraction, secondsLeft: secondsLeft(fraction, (performance.now() - started) / 1000) };
        this.#fire();
      },
      warning: (sentence) => (this.#warning = sentence),
      made: async ({ recipeKey, label }, path) => {
        if (clauses.wanted(results, recipeKey)) this.#progress = { fraction: 0, ...this.#progress, label: `Reading labelled contracts with ${label}` };
        this.#fire();
        await clauses.add(results, baseRecipe, this.model.path);
        await clauses.add(results, recipeKey, path);
      },
    }, token);
  }

  /** None for a model that does not name clauses by itself. */
  async #labelled(): Promise<readonly LabelledDocument[]> {
    const spots = this.#header !== undefined && cueSchemeFromMetadata(this.#header.metadata) !== undefined;
    return spots ? ((await this.options.labelled?.()) ?? []) : [];
  }

  #sampledErrors(): readonly TensorErrors[] {
    const { errors } = this.#estimates;
    if (!errors) throw new HumanError("badArgument", "The tensors are still being sampled: ask again in a moment.");
    return errors;
  }

  async #setMatrix(info: ImatrixInfo | undefined): Promise<void> {
    this.#levels.matrix = info && { path: info.path, hash: await fingerprint(info.path) };
    this.#imatrix = info;
    this.#problems.clear();
  }

  /** Sizes and estimates at the same time: each takes about as long as the other. */
  async #readAll(header: GgufHeader, token: CancellationToken): Promise<void> {
    const sizes = this.#levels.read(bitsPerWeight(header), token).then(async () => {
      this.#problem = this.#levels.commonProblem;
      await this.#findExisting();
      this.#fire();
    });
    const estimates = this.#estimates.run(this.#fingerprint, token);
    const [, estimated] = await Promise.allSettled([sizes, estimates]);
    await sizes;
    // What stands in the way of every level stands in the way of sampling too, and is told already.
    if (!this.#problem && estimated.status === "rejected") throw estimated.reason;
  }

  #state(): StudyState | undefined {
    const { machine, model } = this;
    const header = this.#header;
    if (!header) return undefined;
    const results = this.#results;
    return {
      model,
      bitsPerWeight: bitsPerWeight(header),
      overhead: model.bytes - weightBytes(header),
      blocks: modelShape(header).blocks,
      activeShare: activeShareOf(header),
      entries: this.#levels.entries.map((entry) => ({ ...entry, uncalibratedKl: this.#estimates.uncalibrated(entry) })),
      machine: machine.chosen,
      here: machine.id === "here",
      need: machine.need(header),
      result: (recipeKey) => results?.get(recipeKey),
      base: results?.get(baseRecipe),
      forecasts: this.#estimates.forecasts(results),
      busy: this.#busy, problems: this.#problems, existing: this.#existing,
      cost: (size) => costOf(size, this.#costBasis()),
    };
  }

  #budget(state: StudyState | undefined): TradeoffsSnapshot["budget"] {
    if (this.#askedBudget) return this.#askedBudget;
    const machine = this.machine.chosen;
    if (!state?.need || machine.totalMemory === 0) return undefined;
    const where = machine.totalVideoMemory > 0 ? "GPU memory" : "memory";
    return { bytes: weightBudget(state.need, machine) + state.overhead, label: `fits in ${where} at ${this.machine.context.toLocaleString("en")} tokens` };
  }

  #costBasis(): Parameters<typeof costOf>[1] {
    return { parameters: this.model.parameters, threads: this.options.threads(), ...this.#settings(), base: this.#results?.get(baseRecipe)?.row };
  }

  #settings(): { readonly context: number; readonly chunks: number } {
    const { context, chunks } = this.options.measuring();
    const trained = this.model.contextLength || Number.POSITIVE_INFINITY;
    return { context: chunkTokens(this.text.text, Math.min(context, trained)), chunks };
  }

  #isPartial(key: RowKey): boolean {
    const entry = this.entry(key);
    const kept = entry && this.#results?.get(entry.recipeKey);
    return kept !== undefined && kept.state !== undefined && !isWhole(kept);
  }

  async #openResults(): Promise<Results> {
    this.#results = await Results.open(this.options.store, { model: this.#fingerprint, text: hashOf(this.text.text), ...this.#settings() });
    return this.#results;
  }

  async #findExisting(): Promise<void> {
    this.#existing.clear();
    for (const { key, recipe, size } of this.#levels.entries) {
      const path = this.options.jobs.outputPath(this.model, recipe, size.bytes);
      const status = await stat(path).catch(() => undefined);
      // A name is no proof: a file of another size was made of another model or in another way.
      if (path !== this.model.path && status?.isFile() && status.size === size.bytes) this.#existing.set(key, path);
    }
  }

  #fire(): void {
    this.#changed.fire(this.snapshot);
  }
}

/** Powers of two up to what the model was trained for, and the chosen one. */
function contextsFor({ contextLength }: ModelFile, chosen: number): readonly number[] {
  const most = contextLength || 131072;
  const powers = Array.from({ length: 12 }, (_, index) => 512 * 2 ** index).filter((context) => context <= most);
  return [...new Set([...powers, most, chosen])].sort((a, b) => a - b);
}

function forecastNote(observations: number): string {
  const basis = "Estimated from the rounding error of sampled weights";
  return observations === 0 ? `${basis}; measure a level or two and all estimates sharpen.` : `${basis}, corrected by ${observations} measured ${observations === 1 ? "row" : "rows"}.`;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
