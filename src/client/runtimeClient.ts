import { freemem, totalmem } from "node:os";
import type { ProgressType, RequestType } from "vscode-jsonrpc/node";
import { Emitter } from "../core/emitter";
import { HumanError } from "../protocol/humanError";
import type { ConversionPlan, ConversionResult, Finding, ImatrixInfo, LoadedModel, Machine, MemoryNeed, MeterReading, QuantSize, QuantizeResult, TensorErrors } from "../protocol/model";
import {
  BandwidthRequest, type CalibrateParams, type CalibrateProgress, CalibrateProgressType, CalibrateRequest,
  type CancellationToken, type ChatParams, type ChatProgress, ChatProgressType, ChatRequest, type ChatResult, ConversionPlanRequest, type ConvertParams, type ConvertProgress, ConvertProgressType, ConvertRequest, CountTokensRequest,
  type DocumentText, DocumentTextRequest, type HeatParams, type HeatProgress, HeatProgressType, HeatRequest, type HeatResult, ImatrixRequest, type LoadParams, LoadRequest, MachineRequest, type MeasureParams, type MeasureProgress,
  MeasureProgressType, MeasureRequest, type MeasureResult, type MemoryParams, MemoryRequest, MeterRequest, type QuantizeParams,
  type QuantizeProgress, QuantizeProgressType, QuantizeRequest, type SizesParams, SizesRequest, type SpotParams, type SpotProgress,
  SpotProgressType, SpotRequest, type SpotResult, type TensorErrorsParams, type TensorErrorsProgress, TensorErrorsProgressType,
  TensorErrorsRequest, UnloadRequest, type WithProgress,
} from "../protocol/rpc";
import {
  AdapterInfoRequest, ExtractRequest, GptqRequest, MergeRequest, PruneRequest, RankBlocksRequest, SparsifyRequest, TrainProgressType, TrainRequest, WorkProgressType,
} from "../protocol/compressionRpc";
import type {
  AdapterInfo, BlockRanking, ExtractParams, ExtractResult, GptqParams, GptqResult, MergeParams, MergeResult, PruneParams, PruneResult, RankBlocksParams, SparsifyParams, SparsifyResult, TrainParams, TrainProgress, TrainResult, WorkProgress,
} from "../protocol/compression";
import type { FindingsParams, Job, Runtime, RuntimeState } from "../services/ports";
import { idle, withJobs } from "./idleReading";
import { jobOf } from "./job";
import { OwnProcesses } from "./ownProcesses";
import { RestartBudget } from "./restartBudget";
import { type RuntimeExit, RuntimeProcess, type RuntimeProcessOptions } from "./runtimeProcess";
import { waitFor } from "./waitFor";

/** Milliseconds that a cancelled training has to write its checkpoint. */
const checkpointGrace = 20_000;

/**
 * The runtime as the services see it. One long-lived process, started by the first request that needs it and after a
 * crash by the next one; one short-lived process for every job that can only be cancelled by ending its process.
 */
export class RuntimeClient implements Runtime {
  readonly #budget = new RestartBudget();
  readonly #stateChanged = new Emitter<RuntimeState>();
  readonly #loadedChanged = new Emitter<LoadedModel | undefined>();
  readonly #lost = new Emitter<LoadedModel>();
  readonly #own: OwnProcesses;
  #main: RuntimeProcess | undefined;
  #state: RuntimeState = { kind: "stopped" };
  #loaded: LoadedModel | undefined;
  /** Loads and unloads so far: what an earlier one answers is not what the runtime holds in the end. */
  #changes = 0;
  #machine: Machine | undefined;
  /** Bytes per second, by the number of threads. */
  readonly #bandwidths = new Map<number, Promise<number>>();
  #reading: Promise<MeterReading> | undefined;
  #disposed = false;

  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidChangeLoaded = this.#loadedChanged.event;
  /** The process ended by itself, a model went with it, and no request was there to tell of it. */
  readonly onDidLose = this.#lost.event;

  constructor(private readonly options: RuntimeProcessOptions) {
    this.#own = new OwnProcesses(options);
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

  chat(params: ChatParams, token: CancellationToken): Job<ChatProgress, ChatResult> {
    return jobOf(token, (onProgress, own) =>
      this.#running().requestWithProgress(ChatRequest, ChatProgressType, params, onProgress, "answering", own));
  }

  async countTokens(texts: readonly string[], token: CancellationToken, model?: string): Promise<readonly number[]> {
    return this.#running().request(CountTokensRequest, { texts, ...(model !== undefined && { model }) }, "counting tokens", token);
  }

  heat(params: HeatParams, token: CancellationToken): Job<HeatProgress, HeatResult> {
    return this.#ownJob(HeatRequest, HeatProgressType, params, "comparing the two models", token);
  }

  documentText(path: string, token: CancellationToken): Promise<DocumentText> {
    return this.#inOwnProcess((process) => process.request(DocumentTextRequest, { path }, "reading the document", token));
  }

  measure(params: MeasureParams, token: CancellationToken): Job<MeasureProgress, MeasureResult> {
    return jobOf(token, (onProgress, own) =>
      this.#running().requestWithProgress(MeasureRequest, MeasureProgressType, params, onProgress, "measuring", own));
  }

  sizes(params: SizesParams, token: CancellationToken): Promise<readonly QuantSize[]> {
    return this.#inOwnProcess((process) => process.request(SizesRequest, params, "computing sizes", token));
  }

  quantize(params: QuantizeParams, token: CancellationToken): Job<QuantizeProgress, QuantizeResult> {
    return this.#ownJob(QuantizeRequest, QuantizeProgressType, params, "quantizing", token);
  }

  conversionPlan(params: ConvertParams, token: CancellationToken): Promise<ConversionPlan> {
    return this.#inOwnProcess((process) => process.request(ConversionPlanRequest, params, "reading the checkpoint", token));
  }

  convert(params: ConvertParams, token: CancellationToken): Job<ConvertProgress, ConversionResult> {
    return this.#ownJob(ConvertRequest, ConvertProgressType, params, "converting", token);
  }

  calibrate(params: CalibrateParams, token: CancellationToken): Job<CalibrateProgress, ImatrixInfo> {
    return this.#ownJob(CalibrateRequest, CalibrateProgressType, params, "calibrating", token);
  }

  imatrix(path: string, token: CancellationToken): Promise<ImatrixInfo> {
    return this.#inOwnProcess((process) => process.request(ImatrixRequest, path, "reading the importance matrix", token));
  }

  tensorErrors(params: TensorErrorsParams, token: CancellationToken): Job<TensorErrorsProgress, readonly TensorErrors[]> {
    return this.#ownJob(TensorErrorsRequest, TensorErrorsProgressType, params, "sampling the tensors", token);
  }

  rankBlocks(params: RankBlocksParams, token: CancellationToken): Job<WorkProgress, BlockRanking> {
    return this.#ownJob(RankBlocksRequest, WorkProgressType, params, "ranking the blocks", token);
  }

  prune(params: PruneParams, token: CancellationToken): Job<WorkProgress, PruneResult> {
    return this.#ownJob(PruneRequest, WorkProgressType, params, "pruning", token);
  }

  sparsify(params: SparsifyParams, token: CancellationToken): Job<WorkProgress, SparsifyResult> {
    return this.#ownJob(SparsifyRequest, WorkProgressType, params, "setting weights to zero", token);
  }

  gptq(params: GptqParams, token: CancellationToken): Job<WorkProgress, GptqResult> {
    return this.#ownJob(GptqRequest, WorkProgressType, params, "rounding", token);
  }

  train(params: TrainParams, token: CancellationToken): Job<TrainProgress, TrainResult> {
    return this.#ownJob(TrainRequest, TrainProgressType, params, "training", token, checkpointGrace);
  }

  mergeAdapter(params: MergeParams, token: CancellationToken): Job<WorkProgress, MergeResult> {
    return this.#ownJob(MergeRequest, WorkProgressType, params, "merging the adapter", token);
  }

  extractAdapter(params: ExtractParams, token: CancellationToken): Job<WorkProgress, ExtractResult> {
    return this.#ownJob(ExtractRequest, WorkProgressType, params, "extracting the adapter", token);
  }

  adapterInfo(path: string, token: CancellationToken): Promise<AdapterInfo> {
    return this.#inOwnProcess((process) => process.request(AdapterInfoRequest, { path }, "reading the adapter", token));
  }

  memory(params: MemoryParams, token: CancellationToken): Promise<MemoryNeed> {
    return this.#inOwnProcess((process) => process.request(MemoryRequest, params, "estimating memory", token));
  }

  /** Measured once for each number of threads: the machine's memory does not change. Cancelling stops only the waiting. */
  async bandwidth(threads: number, token: CancellationToken): Promise<number> {
    if (token.isCancellationRequested) throw HumanError.cancelled();
    const measured = this.#bandwidths.get(threads) ?? this.#measureBandwidth(threads);
    this.#bandwidths.set(threads, measured);
    return waitFor(measured, token);
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
    return withJobs(await main, await this.#own.readings());
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
    this.#disposed = true;
    const ends = [this.#main?.stop(), this.#own.stop()];
    this.#stateChanged.dispose();
    this.#loadedChanged.dispose();
    this.#lost.dispose();
    await Promise.allSettled(ends);
  }

  #running(): RuntimeProcess {
    this.#refuseWhenDisposed();
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

  async #inOwnProcess<R>(work: (process: RuntimeProcess) => Promise<R>, cancelGrace?: number): Promise<R> {
    this.#refuseWhenDisposed();
    return this.#own.run(work, cancelGrace);
  }

  #ownJob<P, Progress, R>(
    type: RequestType<P & WithProgress, R, void>, progress: ProgressType<Progress>, params: P, doing: string, token: CancellationToken, cancelGrace?: number,
  ): Job<Progress, R> {
    return jobOf(token, (onProgress, own) => this.#inOwnProcess((process) => process.requestWithProgress(type, progress, params, onProgress, doing, own), cancelGrace));
  }

  async #measureBandwidth(threads: number): Promise<number> {
    try {
      return await this.#inOwnProcess((process) => process.request(BandwidthRequest, { threads }, "measuring the memory's speed"));
    } catch (error) {
      this.#bandwidths.delete(threads);
      throw error;
    }
  }

  #refuseWhenDisposed(): void {
    if (this.#disposed) throw new HumanError("runtimeStopped", "The native runtime has been shut down. Reload the window to use it again.");
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
