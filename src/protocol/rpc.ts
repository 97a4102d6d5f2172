/** Host <-> runtime: JSON-RPC over the forked process's IPC channel. Every message carries its types. */
import { ErrorCodes, NotificationType, ProgressType, RequestType, RequestType0, ResponseError } from "vscode-jsonrpc";
import type { Finding, HeatToken, OwnCategory } from "./documents";
import type { AdapterUse, CacheType, ConversionPlan, ConversionResult, ImatrixInfo, LoadedModel, Machine, MeasuredRow, MemoryNeed, MeterReading, QuantSize, QuantizeResult, Recipe, ScoreState, TensorErrors } from "./model";
import { HumanError, type HumanErrorCode } from "./humanError";

export { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";

export interface LoadParams {
  readonly path: string;
  /** Tokens; the runtime lowers it to what the model was trained for. */
  readonly contextSize?: number;
  readonly threads: number;
  /** Layers on the GPU; 0 keeps the model in RAM; absent lets node-llama-cpp choose. */
  readonly gpuLayers?: number;
  /** Absent means F16. */
  readonly cacheType?: CacheType;
  readonly adapters?: readonly AdapterUse[];
}

/** A checkpoint as the hub keeps it: a folder with config.json, *.safetensors and the tokenizer's files. */
export interface ConvertParams {
  readonly input: string;
  readonly output: string;
  /**
   * What matrices are kept as. "auto": as they are (bf16, f16, f32); of a GPTQ checkpoint Q4_0, Q4_1 or Q8_0 where its grid
   * is theirs, so that nothing is lost a second time, else F16. Vectors are F32.
   */
  readonly type: ConversionType;
}
export const conversionTypes = ["auto", "F32", "F16", "BF16", "Q8_0"] as const;
export type ConversionType = (typeof conversionTypes)[number];
export interface ConvertProgress {
  readonly tensor: number;
  readonly tensors: number;
}

/** Params of a request that reports progress carry the token to report under. */
export interface WithProgress {
  readonly progressToken: string;
}

export interface SizesParams {
  readonly input: string;
  readonly recipes: readonly Recipe[];
}

export interface QuantizeParams {
  readonly input: string;
  readonly output: string;
  readonly recipe: Recipe;
  readonly threads: number;
}
/** Tensors done out of all. */
export interface QuantizeProgress {
  readonly tensor: number;
  readonly tensors: number;
}

export interface MeasureParams {
  readonly base: string;
  readonly variants: readonly string[];
  /** Measured after the variants: files with adapters at them. */
  readonly adapted?: readonly AdaptedModel[];
  /** Also of another number of blocks or width than the base, as pruned models and students are. */
  readonly otherShapes?: boolean;
  readonly text: string;
  /** Tokens per chunk; half of each chunk is scored, as llama-perplexity does. */
  readonly context: number;
  /** At most this many chunks; absent measures the whole text. */
  readonly chunks?: number;
  readonly threads: number;
  /** Measure generation speed too (a short greedy generation per model). */
  readonly generation: boolean;
  /** Where an earlier run of the same models, text and context ended: its chunks are not decoded again. */
  readonly resume?: { readonly chunks: number; /** The base first. */ readonly states: readonly ScoreState[] };
}
export interface AdaptedModel {
  readonly path: string;
  readonly adapters: readonly AdapterUse[];
}
export interface MeasureResult {
  readonly chunks: number;
  readonly rows: readonly MeasuredRow[];
  /** One sentence when the figures say little, because the original hardly knows the language of the text. */
  readonly warning?: string;
}
/** After every chunk: all rows as they stand, the base first. */
export interface MeasureProgress extends MeasureResult {
  readonly totalChunks: number;
  /** Work done, 0 to 1, for the progress bar and the time estimate. */
  readonly fraction: number;
  /** What the chunks since the last report add, the base first: merged, they are what a later run resumes from. */
  readonly added: readonly ScoreState[];
}

export interface CalibrateParams {
  readonly model: string;
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  /** Where the importance matrix is written, a GGUF. An existing one is replaced when the new one is whole. */
  readonly output: string;
  /** Tokens per chunk. */
  readonly context: number;
  /** At most this many chunks; absent reads all texts. */
  readonly chunks?: number;
  readonly threads: number;
}
export interface CalibrateProgress {
  readonly chunk: number;
  readonly totalChunks: number;
}

export interface TensorErrorsParams {
  readonly input: string;
  /**
   * ggml storage types, upper case. ggml builds search tables for some of them, once in each process and on one thread:
   * IQ3 takes 1 s of processor time for it, IQ2_XXS 1 s, IQ2_XS 3 s, IQ2_S 7 s, IQ1 15 s. Ask for those apart.
   */
  readonly types: readonly string[];
  readonly imatrix?: string;
  /** Weights to look at in all; rows are sampled evenly. The default is enough for a stable ranking. */
  readonly sampledWeights?: number;
  readonly threads: number;
}
export interface TensorErrorsProgress {
  readonly fraction: number;
}

export interface MemoryParams {
  readonly path: string;
  readonly context: number;
  readonly cacheType: CacheType;
}

export interface SpotParams {
  /** The document; the runtime cuts it into segments with core/documents. */
  readonly text: string;
  /** Path of the model that is meant: another one refuses. Absent asks whichever is loaded. */
  readonly model?: string;
  /** Indices into the segments of the text, rising: only these are read (each after what precedes it). Absent reads all. */
  readonly only?: readonly number[];
  /** Categories that a model which reads through a chat template is asked about besides the taxonomy's. A clause scheme has no labels for them. */
  readonly own?: readonly OwnCategory[];
}
export interface SpotResult {
  /** Start and end of a finding are those of its segment. */
  readonly findings: readonly Finding[];
  /** Segments read. */
  readonly segments: number;
  readonly tokens: number;
  readonly seconds: number;
}
export interface SpotProgress {
  /** Segments read so far, of those to read, in order. */
  readonly segment: number;
  readonly segments: number;
  /** Findings of the segments read since the last report. */
  readonly findings: readonly Finding[];
}

/** A conversation in which the model speaks next. What it shares at its beginning with the one before is not decoded again. */
export interface ChatParams {
  readonly messages: readonly { readonly role: "system" | "user" | "model"; readonly text: string }[];
  /** Path of the model that is meant: another one refuses. Absent asks whichever is loaded. */
  readonly model?: string;
  /** A JSON schema (types, properties, required, items, enum, maxItems, maxLength) that the answer is held to. Absent: free text. */
  readonly schema?: object;
  readonly maxTokens: number;
}
export interface ChatProgress {
  /** The answer so far. */
  readonly text: string;
}
export interface ChatResult {
  readonly text: string;
  readonly promptTokens: number;
  /** Of them, those that were still in the context. */
  readonly reusedTokens: number;
  readonly tokens: number;
  readonly firstTokenSeconds: number;
  readonly seconds: number;
  /** False when maxTokens or the context cut it off. */
  readonly complete: boolean;
}

export interface HeatParams {
  readonly base: string;
  readonly variant: string;
  readonly text: string;
  /** Tokens of a window; every token but those of the first half window has at least half a window before it. */
  readonly context: number;
  readonly threads: number;
}
export interface HeatProgress {
  readonly fraction: number;
  /** Tokens since the last report, in order. */
  readonly tokens: readonly HeatToken[];
}
export interface HeatResult {
  /** Nats per token, over all tokens. */
  readonly meanKl: number;
  readonly tokens: number;
}

/** A document of a word processor, as Markdown or plain text. */
export interface DocumentText {
  readonly text: string;
  readonly kind: "markdown" | "plaintext";
  /** What could not be taken over, in sentences. */
  readonly warnings: readonly string[];
}

export const LoadRequest = new RequestType<LoadParams, LoadedModel, void>("model/load");
export const UnloadRequest = new RequestType0<void, void>("model/unload");
/** Reads configuration, tokenizer and tensor tables only. A HumanError says why a checkpoint cannot be converted. */
export const ConversionPlanRequest = new RequestType<ConvertParams, ConversionPlan, void>("convert/plan");
export const ConvertRequest = new RequestType<ConvertParams & WithProgress, ConversionResult, void>("convert/run");
export const ConvertProgressType = new ProgressType<ConvertProgress>();
export const SizesRequest = new RequestType<SizesParams, readonly QuantSize[], void>("quantize/sizes");
export const QuantizeRequest = new RequestType<QuantizeParams & WithProgress, QuantizeResult, void>("quantize/run");
export const QuantizeProgressType = new ProgressType<QuantizeProgress>();
export const MeasureRequest = new RequestType<MeasureParams & WithProgress, MeasureResult, void>("measure/run");
export const MeasureProgressType = new ProgressType<MeasureProgress>();
export const CalibrateRequest = new RequestType<CalibrateParams & WithProgress, ImatrixInfo, void>("calibrate/run");
export const CalibrateProgressType = new ProgressType<CalibrateProgress>();
export const ImatrixRequest = new RequestType<string, ImatrixInfo, void>("calibrate/read");
export const TensorErrorsRequest = new RequestType<TensorErrorsParams & WithProgress, readonly TensorErrors[], void>("errors/run");
export const TensorErrorsProgressType = new ProgressType<TensorErrorsProgress>();
/** What llama.cpp would allocate on the CPU, by its own simulation; nothing is loaded. */
export const MemoryRequest = new RequestType<MemoryParams, MemoryNeed, void>("memory/estimate");
/** Bytes per second that the given number of threads read from memory. */
export const BandwidthRequest = new RequestType<{ readonly threads: number }, number, void>("machine/bandwidth");
export const SpotRequest = new RequestType<SpotParams & WithProgress, SpotResult, void>("spot/run");
export const SpotProgressType = new ProgressType<SpotProgress>();
export const ChatRequest = new RequestType<ChatParams & WithProgress, ChatResult, void>("chat/run");
export const ChatProgressType = new ProgressType<ChatProgress>();
/** Tokens of each text in the vocabulary of the loaded model, which must be the one that is named where one is. */
export interface CountTokensParams {
  readonly texts: readonly string[];
  readonly model?: string;
}
export const CountTokensRequest = new RequestType<CountTokensParams, readonly number[], void>("chat/count");
export const HeatRequest = new RequestType<HeatParams & WithProgress, HeatResult, void>("heat/run");
export const HeatProgressType = new ProgressType<HeatProgress>();
/** Reads a .docx or .pdf file. */
export const DocumentTextRequest = new RequestType<{ readonly path: string }, DocumentText, void>("document/text");
export const MachineRequest = new RequestType0<Machine, void>("machine/read");
export const MeterRequest = new RequestType0<MeterReading, void>("meter/read");
/** The runtime to the host: this partial file is the job's own from now on, and to be deleted should the job be cut off. */
export const PartialNotification = new NotificationType<string>("output/partial");
/** Asks the runtime to end by itself; it is killed when it has not after 2 s. */
export const ShutdownNotification = new NotificationType<void>("shutdown");

/** A HumanError crosses the border as a ResponseError whose data is its code. */
export function toResponseError(error: unknown): ResponseError<HumanErrorCode> {
  if (error instanceof HumanError) return new ResponseError(ErrorCodes.InternalError, error.message, error.code);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ResponseError<HumanErrorCode>(ErrorCodes.InternalError, message);
}

export function fromResponseError(error: unknown): unknown {
  if (error instanceof ResponseError && typeof error.data === "string") {
    return new HumanError(error.data as HumanErrorCode, error.message);
  }
  return error;
}
