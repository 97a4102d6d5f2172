import { cueSchemeFromMetadata } from "../../core/documents/cues";
import { Emitter } from "../../core/emitter";
import { bitsPerWeight, type GgufHeader } from "../../core/gguf/header";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { CacheType, ImatrixInfo, Machine, ModelFile, TensorErrors } from "../../protocol/model";
import type { JobProgress, MixGoal, RowKey, Stake, Task, TensorErrorsTable, TradeoffsSnapshot } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { JsonStore } from "../jsonStore";
import { readGgufFile } from "../ggufFile";
import type { Log } from "../ports";
import type { LabelledDocument } from "./clauseScores";
import { errorTable } from "./errorTable";
import { Estimates } from "./estimates";
import { existingFiles } from "./existingFiles";
import { fingerprint } from "./fingerprint";
import { type ChunkSettings, type Ground, groundOf, type StudyText, withKept } from "./ground";
import { Levels } from "./levels";
import { Measuring, type MeasuringParts } from "./measuring";
import type { StudyEntry } from "./rows";
import { snapshotOf } from "./snapshot";
import { StudyMachine } from "./studyMachine";

export interface StudyOptions extends MeasuringParts {
  readonly log: Log;
  /** Keeps results and samples between sessions. */
  readonly store: JsonStore;
  /** Tokens of context that the memory column counts with at first. */
  contextSize(): number;
  measuring(): ChunkSettings;
  /** Documents whose clauses lawyers labelled, to tell what a level costs in findings; none when there are none. */
  labelled?(): Promise<readonly LabelledDocument[]>;
}

/** One model's versions, what each costs and what each loses on a text: the state behind the tradeoff panel and command. */
export class TradeoffStudy {
  readonly #changed = new Emitter<void>();
  /** Something new is to be seen in the snapshot. */
  readonly onDidChange = this.#changed.event;
  readonly machine: StudyMachine;
  readonly #levels: Levels;
  readonly #estimates: Estimates;
  readonly #measuring: Measuring;
  #header: GgufHeader | undefined;
  #fingerprint = "";
  #ground: Ground;
  /** A text that was chosen while another was measured on. */
  #nextText: StudyText | undefined;
  #labelled: readonly LabelledDocument[] = [];
  #imatrix: ImatrixInfo | undefined;
  #matrixChoices = 0;
  #existing: ReadonlyMap<RowKey, string> = new Map();
  #task: Task = "analysis";
  #stake: Stake = "important";
  #askedBudget: TradeoffsSnapshot["budget"];
  #progress: JobProgress | undefined;
  #problem: string | undefined;

  constructor(
    private readonly options: StudyOptions,
    readonly model: ModelFile,
    text: StudyText,
  ) {
    this.#ground = groundOf(text, model.contextLength, options.measuring());
    this.#levels = new Levels(options.jobs, model);
    this.machine = new StudyMachine(Math.min(options.contextSize(), model.contextLength || Number.POSITIVE_INFINITY));
    this.#measuring = new Measuring(options, model, () => this.#changed.fire());
    this.#estimates = new Estimates(options, model, this.machine, this.#levels, (sampling) => {
      if (sampling !== undefined) this.#progress = { label: "Sampling the tensors for estimates", fraction: sampling };
      this.#changed.fire();
    });
  }

  get snapshot(): TradeoffsSnapshot {
    const { context, chunks } = this.#ground;
    return snapshotOf({
      model: this.model, header: this.#header, machine: this.machine, levels: this.#levels, estimates: this.#estimates, measuring: this.#measuring,
      ground: this.#ground, imatrix: this.#imatrix, existing: this.#existing, task: this.#task, stake: this.#stake, askedBudget: this.#askedBudget,
      costs: {
        parameters: this.model.parameters, threads: this.options.threads(), context, chunks,
        labelledCharacters: this.#labelled.reduce((sum, { text }) => sum + text.length, 0),
      },
      progress: this.#progress, problem: this.#problem,
    });
  }

  /** What a row is made of, for the command that makes it. */
  entry(key: RowKey): StudyEntry | undefined {
    return this.#levels.entries.find((entry) => entry.key === key);
  }

  /** Names what the figures rest on, for reports. */
  get provenance(): { readonly fingerprint: string; readonly textHash: string; readonly context: number; readonly chunks: number; readonly threads: number } {
    const { hash, context, chunks } = this.#ground;
    return { fingerprint: this.#fingerprint, textHash: hash, context, chunks, threads: this.options.threads() };
  }

  /**
   * Reads the machine, what was measured before, the exact size of every level, and samples the tensors for the forecasts;
   * each shows as soon as it is there. With a matrix every level is made with it.
   */
  async open(token: CancellationToken, matrix?: ImatrixInfo): Promise<void> {
    try {
      this.#header = (await readGgufFile(this.model.path)).header;
      this.#fingerprint = await fingerprint(this.model.path);
      // Only a model that names clauses by itself is held against labelled ones.
      if (cueSchemeFromMetadata(this.#header.metadata)) this.#labelled = (await this.options.labelled?.()) ?? [];
      this.#ground = await withKept(this.#ground, this.options.store, this.#fingerprint);
      this.machine.here = await this.options.runtime.machine();
      await this.#chooseMatrix(matrix, this.#header, token);
    } catch (error) {
      if (!isCancellation(error)) this.#problem = sentenceOf(error);
    }
    this.#changed.fire();
  }

  /** A measurement that is running stays with its text: the new one is taken when it has ended. */
  async setText(text: StudyText): Promise<void> {
    if (this.#measuring.isRunning) {
      this.#nextText = text;
      return;
    }
    const ground = groundOf(text, this.model.contextLength, this.options.measuring());
    const same = ground.hash === this.#ground.hash && ground.text.name === this.#ground.text.name;
    if (same) return;
    this.#ground = this.#fingerprint ? await withKept(ground, this.options.store, this.#fingerprint) : ground;
    this.#measuring.clear();
    this.#changed.fire();
  }

  async setContext(context: number, token: CancellationToken): Promise<void> {
    this.machine.context = context;
    this.#changed.fire();
    await this.#estimates.simulateMemory(token);
  }

  async setCacheType(cacheType: CacheType, token: CancellationToken): Promise<void> {
    this.machine.cacheType = cacheType;
    this.#changed.fire();
    await this.#estimates.simulateMemory(token);
  }

  setMachine(id: string): void {
    this.machine.id = id;
    this.#askedBudget = undefined;
    this.#changed.fire();
  }

  setOwnMachine(label: string, machine: Machine): void {
    this.machine.setOwn(label, machine);
    this.#askedBudget = undefined;
    this.#changed.fire();
  }

  setTask(task: Task, stake: Stake): void {
    [this.#task, this.#stake] = [task, stake];
    this.#changed.fire();
  }

  /** Makes every level with this importance matrix from now on; undefined goes back to plain levels. */
  async useMatrix(info: ImatrixInfo | undefined, token: CancellationToken): Promise<void> {
    if (!this.#header) return;
    await this.#chooseMatrix(info, this.#header, token);
    this.#changed.fire();
  }

  /** Looks again which files stand beside the model, after one was made. */
  async refreshExisting(): Promise<void> {
    this.#existing = await existingFiles(this.options.jobs, this.model, this.#levels.entries, this.#levels.matrix);
    this.#changed.fire();
  }

  /** Adds the mix of types that loses least within a size, or is smallest within a loss, as a row. */
  async findMix(goal: MixGoal, token: CancellationToken): Promise<RowKey> {
    const errors = this.#sampledErrors();
    const forecasts = this.#estimates.forecasts(this.#ground.results)!;
    const key = await this.#levels.addMix({ goal, errors, forecast: (cost) => forecasts.klFrom(cost), rows: this.snapshot.rows }, token);
    if (goal.kind === "bytes") this.#askedBudget = { bytes: goal.bytes, label: "your budget" };
    await this.refreshExisting();
    return key;
  }

  /** Error of every tensor by type, and what it is expected to cost. */
  tensorErrors(): TensorErrorsTable {
    return errorTable(this.#sampledErrors(), this.#estimates.forecasts(this.#ground.results));
  }

  /** Measures rows against the original; they fill in chunk by chunk. A second call while one runs is refused. */
  async measure(keys: readonly RowKey[], token: CancellationToken): Promise<void> {
    const versions = this.#levels.entries
      .filter((entry) => !entry.size.problem && keys.includes(entry.key))
      .map((entry) => ({ ...entry, existing: this.#existing.get(entry.key) }));
    await this.#measuring.measure(versions, this.#ground, this.#labelled, token);
    await this.refreshExisting();
    const next = this.#nextText;
    this.#nextText = undefined;
    if (next) await this.setText(next);
  }

  stop(): void {
    this.#measuring.stop();
  }

  /** Resolves when no measurement runs and nothing of one is left on disk. */
  ended(): Promise<void> {
    return this.#measuring.ended();
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  /** Of two choices the later one holds, whichever file is read sooner. */
  async #chooseMatrix(info: ImatrixInfo | undefined, header: GgufHeader, token: CancellationToken): Promise<void> {
    const choice = ++this.#matrixChoices;
    const matrix = info && { path: info.path, hash: await fingerprint(info.path) };
    if (choice !== this.#matrixChoices) return;
    this.#levels.matrix = matrix;
    this.#imatrix = info;
    this.#measuring.clear();
    await this.#readAll(header, token);
  }

  /** Sizes and estimates at the same time: each takes about as long as the other. */
  async #readAll(header: GgufHeader, token: CancellationToken): Promise<void> {
    this.#progress = { label: "Reading the levels", fraction: 0 };
    this.#problem = undefined;
    this.#changed.fire();
    const sizes = this.#levels.read(bitsPerWeight(header), token).then(() => {
      this.#problem = this.#levels.commonProblem;
      return this.refreshExisting();
    });
    const estimates = this.#estimates.run(this.#fingerprint, token);
    const [, estimated] = await Promise.allSettled([sizes, estimates]);
    this.#progress = undefined;
    await sizes;
    // What stands in the way of every level stands in the way of sampling too, and is told already.
    if (!this.#problem && estimated.status === "rejected") throw estimated.reason;
  }

  #sampledErrors(): readonly TensorErrors[] {
    const { errors } = this.#estimates;
    if (!errors) throw new HumanError("badArgument", "The tensors are still being sampled: ask again in a moment.");
    return errors;
  }
}
