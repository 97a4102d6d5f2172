import type { ProgressType, RequestType } from "vscode-jsonrpc/node";
import { HumanError } from "../protocol/humanError";
import type { Finding } from "../protocol/documents";
import type { ConversionPlan, ConversionResult, ImatrixInfo, MemoryNeed, MeterReading, QuantSize, QuantizeResult, TensorErrors } from "../protocol/model";
import {
  BandwidthRequest, type CalibrateParams, type CalibrateProgress, CalibrateProgressType, CalibrateRequest, type CancellationToken, ConversionPlanRequest, type ConvertParams, type ConvertProgress, ConvertProgressType,
  ConvertRequest, type DocumentText, DocumentTextRequest, type HeatParams, type HeatProgress, HeatProgressType, HeatRequest, type HeatResult, ImatrixRequest, LoadRequest, type MemoryParams, MemoryRequest, type QuantizeParams,
  type QuantizeProgress, QuantizeProgressType, QuantizeRequest, type SizesParams, SizesRequest, SpotProgressType, SpotRequest, type TensorErrorsParams, type TensorErrorsProgress, TensorErrorsProgressType, TensorErrorsRequest,
  type WithProgress,
} from "../protocol/rpc";
import {
  AdapterInfoRequest, ExtractRequest, GptqRequest, MergeRequest, PruneRequest, RankBlocksRequest, SparsifyRequest, TrainProgressType, TrainRequest, WorkProgressType,
} from "../protocol/compressionRpc";
import type {
  AdapterInfo, BlockRanking, ExtractParams, ExtractResult, GptqParams, GptqResult, MergeParams, MergeResult, PruneParams, PruneResult, RankBlocksParams, SparsifyParams, SparsifyResult, TrainParams, TrainProgress, TrainResult, WorkProgress,
} from "../protocol/compression";
import type { FindingsParams, Job } from "../services/ports";
import { jobOf } from "./job";
import { OwnProcesses } from "./ownProcesses";
import type { RuntimeProcess, RuntimeProcessOptions } from "./runtimeProcess";
import { waitFor } from "./waitFor";

/** Milliseconds that a cancelled training has to write its checkpoint. */
const checkpointGrace = 20_000;

/** Work that has a short-lived process each, because it can only be cancelled by ending its process. */
export class JobClient {
  readonly #processes: OwnProcesses;
  /** Bytes per second, by the number of threads. */
  readonly #bandwidths = new Map<number, Promise<number>>();
  #disposed = false;

  constructor(options: RuntimeProcessOptions) {
    this.#processes = new OwnProcesses(options);
  }

  findings({ path, texts, threads }: FindingsParams, token: CancellationToken): Promise<readonly (readonly Finding[])[]> {
    return this.#run(async (process) => {
      await process.request(LoadRequest, { path, threads, gpuLayers: 0 }, "loading the model", token);
      const found: (readonly Finding[])[] = [];
      for (const text of texts) {
        const result = await process.requestWithProgress(SpotRequest, SpotProgressType, { text }, () => undefined, "reading the document", token);
        found.push(result.findings);
      }
      return found;
    });
  }

  heat(params: HeatParams, token: CancellationToken): Job<HeatProgress, HeatResult> {
    return this.#job(HeatRequest, HeatProgressType, params, "comparing the two models", token);
  }

  documentText(path: string, token: CancellationToken): Promise<DocumentText> {
    return this.#run((process) => process.request(DocumentTextRequest, { path }, "reading the document", token));
  }

  sizes(params: SizesParams, token: CancellationToken): Promise<readonly QuantSize[]> {
    return this.#run((process) => process.request(SizesRequest, params, "computing sizes", token));
  }

  quantize(params: QuantizeParams, token: CancellationToken): Job<QuantizeProgress, QuantizeResult> {
    return this.#job(QuantizeRequest, QuantizeProgressType, params, "quantizing", token);
  }

  conversionPlan(params: ConvertParams, token: CancellationToken): Promise<ConversionPlan> {
    return this.#run((process) => process.request(ConversionPlanRequest, params, "reading the checkpoint", token));
  }

  convert(params: ConvertParams, token: CancellationToken): Job<ConvertProgress, ConversionResult> {
    return this.#job(ConvertRequest, ConvertProgressType, params, "converting", token);
  }

  calibrate(params: CalibrateParams, token: CancellationToken): Job<CalibrateProgress, ImatrixInfo> {
    return this.#job(CalibrateRequest, CalibrateProgressType, params, "calibrating", token);
  }

  imatrix(path: string, token: CancellationToken): Promise<ImatrixInfo> {
    return this.#run((process) => process.request(ImatrixRequest, path, "reading the importance matrix", token));
  }

  tensorErrors(params: TensorErrorsParams, token: CancellationToken): Job<TensorErrorsProgress, readonly TensorErrors[]> {
    return this.#job(TensorErrorsRequest, TensorErrorsProgressType, params, "sampling the tensors", token);
  }

  rankBlocks(params: RankBlocksParams, token: CancellationToken): Job<WorkProgress, BlockRanking> {
    return this.#job(RankBlocksRequest, WorkProgressType, params, "ranking the blocks", token);
  }

  prune(params: PruneParams, token: CancellationToken): Job<WorkProgress, PruneResult> {
    return this.#job(PruneRequest, WorkProgressType, params, "pruning", token);
  }

  sparsify(params: SparsifyParams, token: CancellationToken): Job<WorkProgress, SparsifyResult> {
    return this.#job(SparsifyRequest, WorkProgressType, params, "setting weights to zero", token);
  }

  gptq(params: GptqParams, token: CancellationToken): Job<WorkProgress, GptqResult> {
    return this.#job(GptqRequest, WorkProgressType, params, "rounding", token);
  }

  train(params: TrainParams, token: CancellationToken): Job<TrainProgress, TrainResult> {
    return this.#job(TrainRequest, TrainProgressType, params, "training", token, checkpointGrace);
  }

  mergeAdapter(params: MergeParams, token: CancellationToken): Job<WorkProgress, MergeResult> {
    return this.#job(MergeRequest, WorkProgressType, params, "merging the adapter", token);
  }

  extractAdapter(params: ExtractParams, token: CancellationToken): Job<WorkProgress, ExtractResult> {
    return this.#job(ExtractRequest, WorkProgressType, params, "extracting the adapter", token);
  }

  adapterInfo(path: string, token: CancellationToken): Promise<AdapterInfo> {
    return this.#run((process) => process.request(AdapterInfoRequest, { path }, "reading the adapter", token));
  }

  memory(params: MemoryParams, token: CancellationToken): Promise<MemoryNeed> {
    return this.#run((process) => process.request(MemoryRequest, params, "estimating memory", token));
  }

  /** Measured once for each number of threads: the machine's memory does not change. Cancelling stops only the waiting. */
  async bandwidth(threads: number, token: CancellationToken): Promise<number> {
    if (token.isCancellationRequested) throw HumanError.cancelled();
    const measured = this.#bandwidths.get(threads) ?? this.#measureBandwidth(threads);
    this.#bandwidths.set(threads, measured);
    return waitFor(measured, token);
  }

  /** What the processes of all jobs read. */
  protected readings(): Promise<readonly MeterReading[]> {
    return this.#processes.readings();
  }

  /** Refuses new jobs, and asks all processes to end. Settles when they are gone. */
  protected stopJobs(): Promise<void> {
    this.#disposed = true;
    return this.#processes.stop();
  }

  protected refuseWhenDisposed(): void {
    if (this.#disposed) throw new HumanError("runtimeStopped", "The native runtime has been shut down. Reload the window to use it again.");
  }

  async #run<R>(work: (process: RuntimeProcess) => Promise<R>, cancelGrace?: number): Promise<R> {
    this.refuseWhenDisposed();
    return this.#processes.run(work, cancelGrace);
  }

  #job<P, Progress, R>(
    type: RequestType<P & WithProgress, R, void>, progress: ProgressType<Progress>, params: P, doing: string, token: CancellationToken, cancelGrace?: number,
  ): Job<Progress, R> {
    return jobOf(token, (onProgress, own) => this.#run((process) => process.requestWithProgress(type, progress, params, onProgress, doing, own), cancelGrace));
  }

  async #measureBandwidth(threads: number): Promise<number> {
    try {
      return await this.#run((process) => process.request(BandwidthRequest, { threads }, "measuring the memory's speed"));
    } catch (error) {
      this.#bandwidths.delete(threads);
      throw error;
    }
  }
}
