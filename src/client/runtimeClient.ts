import { rm } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { resolve } from "node:path";
import { Emitter } from "../core/emitter";
import { partialPathOf } from "../core/compression/partialPath";
import { HumanError, type HumanErrorCode } from "../protocol/humanError";
import type { Finding, ImatrixInfo, LoadedModel, Machine, MemoryNeed, MeterReading, QuantSize, QuantizeResult, TensorErrors } from "../protocol/model";
import {
  BandwidthRequest, type CalibrateParams, type CalibrateProgress, CalibrateProgressType, CalibrateRequest,
  type CancellationToken, ImatrixRequest, type LoadParams, LoadRequest, MachineRequest, type MeasureParams, type MeasureProgress,
  MeasureProgressType, MeasureRequest, type MeasureResult, type MemoryParams, MemoryRequest, MeterRequest, type QuantizeParams,
  type QuantizeProgress, QuantizeProgressType, QuantizeRequest, type SizesParams, SizesRequest, type SpotParams, type SpotProgress,
  SpotProgressType, SpotRequest, type SpotResult, type TensorErrorsParams, type TensorErrorsProgress, TensorErrorsProgressType,
  TensorErrorsRequest, UnloadRequest,
} from "../protocol/rpc";
import type { FindingsParams, Job, Runtime, RuntimeState } from "../services/ports";
import { jobOf } from "./job";
import { RestartBudget } from "./restartBudget";
import { type RuntimeExit, RuntimeProcess, type RuntimeProcessOptions } from "./runtimeProcess";

const idle: MeterReading = { residentMemory: 0, videoMemory: 0, cpu: 0, tokensPerSecond: 0 };

/** After these ends of a job nobody is left to tidy its output up but this side. */
const abrupt: readonly HumanErrorCode[] = ["cancelled", "runtimeCrashed", "runtimeStopped"];

/**
 * The runtime as the services see it. One long-lived process, started by the first request that needs it and after a
 * crash by the next one; one short-lived process for every job that can only be cancelled by ending its process.
 */
export class RuntimeClient implements Runtime {
  readonly #budget = new RestartBudget();
  readonly #stateChanged = new Emitter<RuntimeState>();
  readonly #loadedChanged = new Emitter<LoadedModel | undefined>();
  /** What runs in a process of its own; each ends when its process has, and its partial file is gone. */
  readonly #jobs = new Map<RuntimeProcess, Promise<unknown>>();
  #main: RuntimeProcess | undefined;
  #state: RuntimeState = { kind: "stopped" };
  #loaded: LoadedModel | undefined;
  /** Loads and unloads so far: what an earlier one answers is not what the runtime holds in the end. */
  #changes = 0;
  #machine: Machine | undefined;
  #bandwidth: Promise<number> | undefined;
  #reading: Promise<MeterReading> | undefined;
  #disposed = false;

  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidChangeLoaded = this.#loadedChanged.event;

  constructor(private readonly options: RuntimeProcessOptions) {}

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

  findings({ path, texts, threads }: FindingsParams, token: CancellationToken): Promise<readonly (readonly Finding[])[]> {
    return this.#inOwnProcess(async (process) => {
      await process.request(LoadRequest, { path, threads, gpuLayers: 0 }, "loading the model", token);
      const found: (readonly Finding[])[] = [];
      for (const text of texts) {
        const result = await process.requestWithProgress(SpotRequest, SpotProgressType, { text }, () => undefined, "reading the document", token);
        found.push(result.findings);
      }
      return found;
    });
  }

  measure(params: MeasureParams, token: CancellationToken): Job<MeasureProgress, MeasureResult> {
    return jobOf(token, (onProgress, own) =>
      this.#running().requestWithProgress(MeasureRequest, MeasureProgressType, params, onProgress, "measuring", own));
  }

  sizes(params: SizesParams, token: CancellationToken): Promise<readonly QuantSize[]> {
    return this.#inOwnProcess((process) => process.request(SizesRequest, params, "computing sizes", token));
  }

  quantize(params: QuantizeParams, token: CancellationToken): Job<QuantizeProgress, QuantizeResult> {
    const partial = partialPathOf(params.output);
    // A job that would overwrite its original is refused: nothing of it is to be tidied up.
    const leftover = resolve(partial) === resolve(params.input) ? undefined : partial;
    return jobOf(token, (onProgress, own) => this.#inOwnProcess((process) =>
      process.requestWithProgress(QuantizeRequest, QuantizeProgressType, params, onProgress, "quantizing", own), leftover));
  }

  calibrate(params: CalibrateParams, token: CancellationToken): Job<CalibrateProgress, ImatrixInfo> {
    return jobOf(token, (onProgress, own) => this.#inOwnProcess((process) =>
      process.requestWithProgress(CalibrateRequest, CalibrateProgressType, params, onProgress, "calibrating", own), partialPathOf(params.output)));
  }

  imatrix(path: string, token: CancellationToken): Promise<ImatrixInfo> {
    return this.#inOwnProcess((process) => process.request(ImatrixRequest, path, "reading the importance matrix", token));
  }

  tensorErrors(params: TensorErrorsParams, token: CancellationToken): Job<TensorErrorsProgress, readonly TensorErrors[]> {
    return jobOf(token, (onProgress, own) => this.#inOwnProcess((process) =>
      process.requestWithProgress(TensorErrorsRequest, TensorErrorsProgressType, params, onProgress, "sampling the tensors", own)));
  }

  memory(params: MemoryParams, token: CancellationToken): Promise<MemoryNeed> {
    return this.#inOwnProcess((process) => process.request(MemoryRequest, params, "estimating memory", token));
  }

  /** Measured once: the machine's memory does not change. */
  bandwidth(threads: number, token: CancellationToken): Promise<number> {
    this.#bandwidth ??= this.#inOwnProcess((process) => process.request(BandwidthRequest, { threads }, "measuring the memory's speed", token))
      .catch((error: unknown) => {
        this.#bandwidth = undefined;
        throw error;
      });
    return this.#bandwidth;
  }

  async machine(): Promise<Machine> {
    const known = this.#machine;
    if (known && !this.#main) {
      // Without a process nothing of ours is in video memory, so what was free when the GPU was first read still is.
      return { ...known, totalMemory: Math.min(totalmem(), known.totalMemory), freeMemory: Math.min(freemem(), known.totalMemory) };
    }
    this.#machine = await this.#running().ask(MachineRequest, "reading what the machine has");
    return this.#machine;
  }

  async meter(): Promise<MeterReading> {
    const main = this.#main;
    if (!main) return idle;
    // A native call can keep the process from answering for a while: never pile questions up.
    this.#reading ??= main.ask(MeterRequest, "reading the meter").catch(() => idle).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async restart(): Promise<void> {
    this.#budget.reset();
    const old = this.#main;
    this.#detach(old, { kind: "stopped" });
    await old?.stop();
    await this.#running().ask(MeterRequest, "starting");
  }

  /**
   * Ends all processes: at once those that heed it, within the grace the others. Jobs are asked too, not killed, so that
   * they delete their partial files themselves should this process not live to do it. Settles when all are gone.
   */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const ends = [this.#main?.stop(), ...[...this.#jobs].flatMap(([process, job]) => [process.stop(), job])];
    this.#stateChanged.dispose();
    this.#loadedChanged.dispose();
    await Promise.allSettled(ends);
  }

  #running(): RuntimeProcess {
    if (this.#disposed) throw new HumanError("runtimeStopped", "The native runtime has been shut down. Reload the window to use it again.");
    if (this.#state.kind === "failed") throw new HumanError("runtimeCrashed", this.#state.sentence);
    if (this.#main?.alive) return this.#main;
    const main = new RuntimeProcess(this.options);
    this.#main = main;
    this.#setState({ kind: "starting" });
    main.onDidSpawn(() => {
      if (this.#main === main && main.pid !== undefined) this.#setState({ kind: "running", pid: main.pid });
    });
    main.onDidExit((exit) => {
      if (this.#main === main) this.#detach(main, this.#stateAfter(exit));
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

  /** Runs one request in a fresh process, which ends with it; cancelling kills it at once. */
  async #inOwnProcess<R>(run: (process: RuntimeProcess) => Promise<R>, leftover?: string): Promise<R> {
    if (this.#disposed) throw new HumanError("runtimeStopped", "The native runtime has been shut down. Reload the window to use it again.");
    const process = new RuntimeProcess({ ...this.options, cancelGrace: 0 });
    const job = this.#finish(process, run(process), leftover);
    this.#jobs.set(process, job);
    try {
      return await job;
    } finally {
      this.#jobs.delete(process);
    }
  }

  async #finish<R>(process: RuntimeProcess, work: Promise<R>, leftover: string | undefined): Promise<R> {
    try {
      return await work;
    } catch (error) {
      await process.stop();
      if (leftover && error instanceof HumanError && abrupt.includes(error.code)) await this.#tidy(leftover);
      throw error;
    } finally {
      await process.stop();
    }
  }

  /** Windows may hold on to the file of a process that has just died. What ended the job is the news, not this. */
  async #tidy(partial: string): Promise<void> {
    await rm(partial, { force: true, maxRetries: 5 }).catch((error: unknown) => this.options.log.error(`${partial} could not be deleted.`, error));
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
