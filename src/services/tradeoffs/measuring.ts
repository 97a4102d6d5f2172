import { secondsLeft } from "../../core/progress";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { JobProgress, RowKey, RowStatus } from "../../protocol/panels";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import type { CompressionJobs } from "../compressionJobs";
import type { Runtime } from "../ports";
import type { LabelledDocument } from "./clauseScores";
import type { Ground } from "./ground";
import { type MeasurableVersion, Measurement } from "./measurement";

export interface MeasuringParts {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
  /** Folder for versions that are only measured; emptied afterwards. */
  readonly scratch: string;
  threads(): number;
}

/** At most one measurement at a time, and what is to be said of it. */
export class Measuring {
  readonly busy = new Map<RowKey, RowStatus>();
  /** Sentences by row that failed in the last measurement. */
  readonly problems = new Map<RowKey, string>();
  progress: JobProgress | undefined;
  problem: string | undefined;
  warning: string | undefined;
  #running: { readonly source: CancellationTokenSource; readonly end: Promise<void> } | undefined;

  constructor(
    private readonly parts: MeasuringParts,
    private readonly model: ModelFile,
    private readonly changed: () => void,
  ) {}

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  stop(): void {
    this.#running?.source.cancel();
  }

  /** Resolves when nothing runs and nothing is left on disk. */
  async ended(): Promise<void> {
    await this.#running?.end;
  }

  /** Forgets what was said of the last measurement. */
  clear(): void {
    this.problem = this.warning = undefined;
    this.problems.clear();
  }

  /** What fails as a whole becomes `problem`. A second call while one runs is refused. */
  async measure(versions: readonly MeasurableVersion[], ground: Ground, labelled: readonly LabelledDocument[], token: CancellationToken): Promise<void> {
    if (this.#running) throw new HumanError("badArgument", "A measurement is running: stop it first.");
    if (versions.length === 0) throw new HumanError("badArgument", "Choose at least one level to measure.");
    const source = new CancellationTokenSource();
    const linked = token.onCancellationRequested(() => source.cancel());
    this.clear();
    const end = this.#run(versions, ground, labelled, source.token).finally(() => {
      linked.dispose();
      this.#running = undefined;
      this.busy.clear();
      this.progress = undefined;
    });
    this.#running = { source, end };
    await end;
  }

  async #run(versions: readonly MeasurableVersion[], ground: Ground, labelled: readonly LabelledDocument[], token: CancellationToken): Promise<void> {
    const { runtime, jobs, threads, scratch } = this.parts;
    let measurement: Measurement | undefined;
    try {
      const settings = { threads: threads(), freeMemory: (await runtime.machine()).freeMemory, scratch, labelled };
      const run = (measurement = new Measurement({ runtime, jobs }, this.model, ground, settings, this.#listener(), token));
      const wanted = versions.filter((version) => run.isWanted(version));
      await run.measure(wanted.length > 0 ? wanted : versions);
    } catch (error) {
      const reached = measurement?.reached;
      const partly = reached ? ` The figures rest on ${reached.chunks} of ${reached.total} chunks of the text: measure again for the rest.` : "";
      // A person's own wish is no failure.
      if (isCancellation(error)) this.warning = `Stopped.${partly}`;
      else this.problem = `${sentenceOf(error)}${partly}`;
    }
  }

  #listener(): ConstructorParameters<typeof Measurement>[4] {
    const started = performance.now();
    return {
      busy: (key, status) => {
        if (status) this.busy.set(key, status);
        else this.busy.delete(key);
      },
      failed: (key, sentence) => this.problems.set(key, sentence),
      progress: (label, fraction) => {
        this.progress = { label, fraction, secondsLeft: secondsLeft(fraction, (performance.now() - started) / 1000) };
        this.changed();
      },
      warning: (sentence) => (this.warning = sentence),
    };
  }
}
