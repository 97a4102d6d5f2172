/** What the services need from the world. Adapters live in client/ (the runtime) and ui/adapters or cli.ts (the rest). */
import type { Disposable, Event } from "../core/emitter";
import type { Finding } from "../protocol/documents";
import type { ConversionPlan, ConversionResult, ImatrixInfo, LoadedModel, Machine, MemoryNeed, MeterReading, QuantSize, QuantizeResult, TensorErrors } from "../protocol/model";
import type {
  AdapterInfo, BlockRanking, ExtractParams, ExtractResult, GptqParams, GptqResult, MergeParams, MergeResult, PruneParams, PruneResult, RankBlocksParams, SparsifyParams, SparsifyResult, TrainParams, TrainProgress, TrainResult, WorkProgress,
} from "../protocol/compression";
import type {
  CalibrateParams, CalibrateProgress, CancellationToken, ChatParams, ChatProgress, ChatResult, ConvertParams, ConvertProgress, DocumentText, HeatParams, HeatProgress, HeatResult, LoadParams, MeasureParams, MeasureProgress, MeasureResult, MemoryParams,
  QuantizeParams, QuantizeProgress, SizesParams, SpotParams, SpotProgress, SpotResult, TensorErrorsParams, TensorErrorsProgress,
} from "../protocol/rpc";

export type { Disposable, Event };

/** A job's stream: progress, then exactly one result. Failing or cancelling throws a HumanError out of the iteration. */
export type JobEvent<Progress, Result> =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "result"; readonly result: Result };
export type Job<Progress, Result> = AsyncIterable<JobEvent<Progress, Result>>;

export type RuntimeState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly pid: number }
  /** Crashed too often; only restart() starts it again. */
  | { readonly kind: "failed"; readonly sentence: string };

export interface FindingsParams {
  /** The model's file. */
  readonly path: string;
  readonly texts: readonly string[];
  readonly threads: number;
}

/** What makes one model of another. Each job has a process of its own; cancelling kills it, and leaves no output. */
export interface CompressionRuntime {
  /** How much each block of a model does to a text. */
  rankBlocks(params: RankBlocksParams, token: CancellationToken): Job<WorkProgress, BlockRanking>;
  prune(params: PruneParams, token: CancellationToken): Job<WorkProgress, PruneResult>;
  sparsify(params: SparsifyParams, token: CancellationToken): Job<WorkProgress, SparsifyResult>;
  gptq(params: GptqParams, token: CancellationToken): Job<WorkProgress, GptqResult>;
  /** Cancelling gives it some seconds to write its checkpoint, which stays: the same params go on from it. */
  train(params: TrainParams, token: CancellationToken): Job<TrainProgress, TrainResult>;
  mergeAdapter(params: MergeParams, token: CancellationToken): Job<WorkProgress, MergeResult>;
  extractAdapter(params: ExtractParams, token: CancellationToken): Job<WorkProgress, ExtractResult>;
  adapterInfo(path: string, token: CancellationToken): Promise<AdapterInfo>;
}

/** The native runtime as the services see it. Its process starts at the first request, not before. */
export interface Runtime extends CompressionRuntime, Disposable {
  readonly state: RuntimeState;
  readonly onDidChangeState: Event<RuntimeState>;
  /** The model held for inference; undefined after an unload or a crash. */
  readonly loaded: LoadedModel | undefined;
  readonly onDidChangeLoaded: Event<LoadedModel | undefined>;

  load(params: LoadParams, token: CancellationToken): Promise<LoadedModel>;
  unload(): Promise<void>;
  spot(params: SpotParams, token: CancellationToken): Job<SpotProgress, SpotResult>;
  /** Lets the loaded model speak next in a conversation. */
  chat(params: ChatParams, token: CancellationToken): Job<ChatProgress, ChatResult>;
  /** Tokens of each text in the vocabulary of the loaded model; `model` is the path of the one that is meant. */
  countTokens(texts: readonly string[], token: CancellationToken, model?: string): Promise<readonly number[]>;
  /** Token by token how far a variant strays from its base, in a process of its own; cancelling kills that process. */
  heat(params: HeatParams, token: CancellationToken): Job<HeatProgress, HeatResult>;
  /** The text of a .docx or .pdf file, read in a process of its own: such files come from strangers. */
  documentText(path: string, token: CancellationToken): Promise<DocumentText>;
  /**
   * Findings of each text, read on the CPU by a model in a process of its own: the model that is loaded stays as it is.
   * Cancelling kills that process.
   */
  findings(params: FindingsParams, token: CancellationToken): Promise<readonly (readonly Finding[])[]>;
  measure(params: MeasureParams, token: CancellationToken): Job<MeasureProgress, MeasureResult>;
  /** Exact sizes by dry run, in a process of its own. */
  sizes(params: SizesParams, token: CancellationToken): Promise<readonly QuantSize[]>;
  /** Writes params.output in a process of its own; cancelling kills that process. */
  quantize(params: QuantizeParams, token: CancellationToken): Job<QuantizeProgress, QuantizeResult>;
  /** What converting would give; nothing is written. */
  conversionPlan(params: ConvertParams, token: CancellationToken): Promise<ConversionPlan>;
  /** Writes params.output in a process of its own; cancelling kills that process. */
  convert(params: ConvertParams, token: CancellationToken): Job<ConvertProgress, ConversionResult>;
  /** Writes an importance matrix in a process of its own; cancelling kills that process. */
  calibrate(params: CalibrateParams, token: CancellationToken): Job<CalibrateProgress, ImatrixInfo>;
  /** What a matrix file says of itself; a HumanError when it is none. */
  imatrix(path: string, token: CancellationToken): Promise<ImatrixInfo>;
  /** Relative squared error of every tensor in other types, from sampled rows. */
  tensorErrors(params: TensorErrorsParams, token: CancellationToken): Job<TensorErrorsProgress, readonly TensorErrors[]>;
  /** What llama.cpp would allocate to run a file, by its own simulation. */
  memory(params: MemoryParams, token: CancellationToken): Promise<MemoryNeed>;
  /** Bytes per second read from memory by so many threads. */
  bandwidth(threads: number, token: CancellationToken): Promise<number>;
  machine(): Promise<Machine>;
  /** Does not start the process: all zero while it is not running. */
  meter(): Promise<MeterReading>;
  /** Starts afresh after a crash or on the person's wish. */
  restart(): Promise<void>;
}

export interface Log {
  info(message: string): void;
  error(message: string, error?: unknown): void;
}

/** What is kept secret, e.g. a hub's token: VS Code's secret storage, or the environment of a command line. */
export interface Secrets {
  get(key: string): Promise<string | undefined>;
}
