import { freemem, totalmem } from "node:os";
import { Emitter } from "../core/emitter";
import { HumanError } from "../protocol/humanError";
import type { LoadedModel, Machine, MeterReading } from "../protocol/model";
import {
  type CancellationToken, type ChatParams, type ChatProgress, ChatProgressType, ChatRequest, type ChatResult, CountTokensRequest, type LoadParams, LoadRequest, MachineRequest, type MeasureParams, type MeasureProgress,
  MeasureProgressType, MeasureRequest, type MeasureResult, MeterRequest, type SpotParams, type SpotProgress, SpotProgressType, SpotRequest, type SpotResult, UnloadRequest,
} from "../protocol/rpc";
import type { Job, Runtime, RuntimeState } from "../services/ports";
import { idle, withJobs } from "./idleReading";
import { jobOf } from "./job";
import { JobClient } from "./jobClient";
import { RestartBudget } from "./restartBudget";
import { type RuntimeExit, RuntimeProcess, type RuntimeProcessOptions } from "./runtimeProcess";

/**
 * The runtime as the services see it. One long-lived process, started by the first request that needs it and after a
 * crash by the next one; one short-lived process for every job that can only be cancelled by ending its process.
 */
export class RuntimeClient extends JobClient implements Runtime {
  readonly #budget = new RestartBudget();
  readonly #stateChanged = new Emitter<RuntimeState>();
  readonly #loadedChanged = new Emitter<LoadedModel | undefined>();
  readonly #lost = new Emitter<LoadedModel>();
  #main: RuntimeProcess | undefined;
  #state: RuntimeState = { kind: "stopped" };
  #loaded: LoadedModel | undefined;
  /** Loads and unloads so far: what an earlier one answers is not what the runtime holds in the end. */
  #changes = 0;
  #machine: Machine | undefined;
  #reading: Promise<MeterReading> | undefined;

  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidChangeLoaded = this.#loadedChanged.event;
  /** The process ended by itself, a model went with it, and no request was there to tell of it. */
  readonly onDidLose = this.#lost.event;

  constructor(private readonly options: RuntimeProcessOptions) {
    super(options);
  }

  get state(): RuntimeState {
    return this.#state;
  }

  get loaded(): LoadedModel | undefined {
    return this.#loaded;
  }

  async load(params: LoadParams, token: CancellationToken): Promise<LoadedModel> {
    const main = this.#running();
    // The runtime lets go of the old model before it reads the new one.
    this.#setLoaded(undefined);
    const change = ++this.#changes;
    const loaded = await main.request(LoadRequest, params, "loading the model", token);
    if (main.alive && this.#main === main && change === this.#changes) this.#setLoaded(loaded);
    return loaded;
  }

  async unload(): Promise<void> {
    if (!this.#main) return;
    this.#changes++;
    this.#setLoaded(undefined);
    await this.#main.ask(UnloadRequest, "unloading the model");
  }

  spot(params: SpotParams, token: CancellationToken): Job<SpotProgress, SpotResult> {
    return jobOf(token, (onProgress, own) =>
      this.#running().requestWithProgress(SpotRequest, SpotProgressType, params, onProgress, "reading the document", own));
  }

  chat(params: ChatParams, token: CancellationToken): Job<ChatProgress, ChatResult> {
    return jobOf(token, (onProgress, own) =>
      this.#running().requestWithProgress(ChatRequest, ChatProgressType, params, onProgress, "answering", own));
  }

  async countTokens(texts: readonly string[], token: CancellationToken, model?: string): Promise<readonly number[]> {
    return this.#running().request(CountTokensRequest, { texts, ...(model !== undefined && { model }) }, "counting tokens", token);
  }

  measure(params: MeasureParams, token: CancellationToken): Job<MeasureProgress, MeasureResult> {
    return jobOf(token, (onProgress, own) =>
      this.#running().requestWithProgress(MeasureRequest, MeasureProgressType, params, onProgress, "measuring", own));
  }

  async machine(): Promise<Machine> {
    const known = this.#machine;
    if (known && !this.#main) {
      // Without a process nothing of ours is in video memory, so what was free when the GPU was first read still is.
      return { ...known, totalMemory: Math.min(totalmem(), known.totalMemory), freeMemory: process.platform === "darwin" ? known.freeMemory : Math.min(freemem(), known.totalMemory) };
    }
    this.#machine = await this.#running().ask(MachineRequest, "reading what the machine has");
    return this.#machine;
  }

  async meter(): Promise<MeterReading> {
    // A native call can keep the process from answering for a while: never pile questions up.
    this.#reading ??= this.#readMeter().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readMeter(): Promise<MeterReading> {
    const main = this.#main?.ask(MeterRequest, "reading the meter").catch(() => idle) ?? idle;
    return withJobs(await main, await this.readings());
  }

  async restart(): Promise<void> {
    this.#budget.reset();
    const old = this.#main;
    this.#detach(old, { kind: "stopped" });
    await old?.stop();
    await this.#running().ask(MeterRequest, "starting");
  }

  /**
   * Ends all processes: at once those that heed it, within the grace the others. Settles when all are gone.
   */
  async dispose(): Promise<void> {
    const ends = [this.stopJobs(), this.#main?.stop()];
    this.#stateChanged.dispose();
    this.#loadedChanged.dispose();
    this.#lost.dispose();
    await Promise.allSettled(ends);
  }

  #running(): RuntimeProcess {
    this.refuseWhenDisposed();
    if (this.#state.kind === "failed") throw new HumanError("runtimeCrashed", this.#state.sentence);
    if (this.#main?.alive) return this.#main;
    const main = new RuntimeProcess(this.options);
    this.#main = main;
    this.#setState({ kind: "starting" });
    main.onDidSpawn(() => {
      if (this.#main === main && main.pid !== undefined) this.#setState({ kind: "running", pid: main.pid });
    });
    main.onDidExit((exit) => {
      if (this.#main !== main) return;
      const lost = this.#loaded;
      this.#detach(main, this.#stateAfter(exit));
      if (lost && !exit.wanted && !main.isBusy) this.#lost.fire(lost);
    });
    return main;
  }

  #stateAfter({ wanted, code, signal }: RuntimeExit): RuntimeState {
    if (wanted) return { kind: "stopped" };
    this.options.log.error(`The native runtime ended unexpectedly (${signal ?? `exit code ${code ?? "unknown"}`}).`);
    if (this.#budget.crashed(Date.now())) return { kind: "stopped" };
    return {
      kind: "failed",
      sentence: "The native runtime crashed 5 times within 3 minutes and was stopped. Run “Decant: Restart Runtime” and take another model; the log tells more.",
    };
  }

  #detach(process: RuntimeProcess | undefined, state: RuntimeState): void {
    if (this.#main === process) this.#main = undefined;
    this.#setLoaded(undefined);
    this.#setState(state);
  }

  #setLoaded(loaded: LoadedModel | undefined): void {
    if (this.#loaded === loaded) return;
    this.#loaded = loaded;
    this.#loadedChanged.fire(loaded);
  }

  #setState(state: RuntimeState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}
