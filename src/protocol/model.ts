/** Plain data that crosses borders between processes, windows and rooms. No behaviour. */

/** The levels `llama_model_quantize` can write, by their llama.cpp names. */
export const quantTypes = [
  "F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0",
  "Q4_K_M", "Q4_K_S", "Q4_1", "Q4_0", "IQ4_NL", "IQ4_XS", "MXFP4_MOE",
  "Q3_K_L", "Q3_K_M", "Q3_K_S", "IQ3_M", "IQ3_S", "IQ3_XS", "IQ3_XXS",
  "Q2_K", "Q2_K_S", "Q2_0", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "TQ2_0",
  "IQ1_M", "IQ1_S", "TQ1_0", "Q1_0",
] as const;
export type QuantType = (typeof quantTypes)[number];

/** A GGUF file as the tree and the command line list it. Sizes in bytes. */
export interface ModelFile {
  readonly path: string;
  /** Name of the base model that this file and its siblings are levels of. */
  readonly family: string;
  /** Level by its llama.cpp name; "unknown" when the header does not tell. */
  readonly type: QuantType | "unknown";
  readonly bytes: number;
  /** Number of weights. */
  readonly parameters: number;
  readonly architecture: string;
  /** Context length the model was trained for, in tokens; 0 when unknown. */
  readonly contextLength: number;
  /** True for the model that ships with the extension. */
  readonly builtIn?: boolean;
  /** What it is for; absent means a model. */
  readonly role?: ModelRole;
  /** Whose folder it was found in; absent for the person's own folders and the workspace. */
  readonly source?: ModelSource;
  /** What its source calls it, e.g. "llama3.2:1b" (Ollama) or "owner/name" (a hub's cache). */
  readonly name?: string;
  /** All files of a split model, the first one's path being `path`. `bytes` and `parameters` are those of all. */
  readonly parts?: { readonly paths: readonly string[]; /** Announced by the first one. */ readonly expected: number };
  readonly license?: string;
  readonly hasChatTemplate?: boolean;
  /** Where it came from, as far as its metadata and its name tell. */
  readonly lineage?: Lineage;
  /** Numbers that memory is estimated from; absent where the header does not give them. */
  readonly shape?: ModelShape;
  /** Bytes of the weights alone. */
  readonly weights?: number;
  /** Paths of the projectors and adapters that belong to it. */
  readonly attachments?: readonly string[];
  /** One sentence when the file cannot be used; the other fields are then best guesses. */
  readonly problem?: string;
}

export type ModelRole = "model" | "projector" | "adapter";
export const modelSources = ["ollama", "huggingFace", "lmStudio", "llamaCpp"] as const;
export type ModelSource = (typeof modelSources)[number];

/** What a file was made from and how. */
export interface Lineage {
  /** Steps from the base on, the last one made this file, e.g. ["convert F16", "prune 1 block", "quantize Q4_K_M"]. */
  readonly steps: readonly string[];
  /** Name of the base model where it is known (`general.base_model.0.name` or Decant's own note). */
  readonly base?: string;
  /** File name of what the last step was made from. */
  readonly parent?: string;
  /** Path of that file, where it is at hand. */
  readonly parentPath?: string;
}

/** What the memory estimate needs of a model; the same for every level of one base. */
export interface ModelShape {
  readonly blocks: number;
  readonly embedding: number;
  readonly feedForward: number;
  readonly heads: number;
  /** Key and value width of one position in one block, summed over the KV heads. */
  readonly keyWidth: number;
  readonly valueWidth: number;
  readonly vocabulary: number;
  /**
   * Share of the weights' bytes in a token embedding that is the output matrix too and kept twice (core/fit/memory.ts).
   * 0 or absent where the model has an output matrix of its own.
   */
  readonly tiedShare?: number;
}

/** How a version of a model is made: a level, perhaps with an importance matrix and with types for single tensors. */
export interface Recipe {
  readonly type: QuantType;
  /** Path of an importance matrix: GGUF, or the older `.imatrix`/`.dat`. */
  readonly imatrix?: string;
  /** ggml storage type, upper case, by the exact name of a tensor; tensors not named follow the level. */
  readonly tensorTypes?: Readonly<Record<string, string>>;
}

/** What quantizing by a recipe would give. */
export interface QuantSize {
  readonly type: QuantType;
  /** Exact size of the file. */
  readonly bytes: number;
  /** Average over all weights. */
  readonly bitsPerWeight: number;
  /** Tensors whose rows do not divide into the level's blocks and fell back to a larger type. */
  readonly fallbacks: number;
  /** ggml storage type that each tensor would have, by its name. Absent where the dry run failed. */
  readonly tensorTypes?: Readonly<Record<string, string>>;
  /** One sentence when this level cannot be made from this model (e.g. it needs an importance matrix). */
  readonly problem?: string;
}

export interface QuantizeResult extends QuantSize {
  readonly path: string;
  readonly seconds: number;
}

/** Mean and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** One measured row: the base model or a variant of it. */
export interface MeasuredRow {
  readonly path: string;
  readonly type: QuantType | "unknown";
  readonly bytes: number;
  readonly bitsPerWeight: number;
  /** exp of the mean negative log-likelihood over the scored tokens. */
  readonly perplexity: Estimate;
  /** KL divergence of the variant's next-token distribution from the base's, in nats per token. Absent on the base. */
  readonly kl?: { readonly mean: number; readonly error: number; readonly median: number; readonly p99: number };
  /** Share of scored positions where the variant's most likely token is the base's, 0 to 1. Absent on the base. */
  readonly top1Agreement?: number;
  readonly promptTokensPerSecond: number;
  /** 0 until measured. */
  readonly generationTokensPerSecond: number;
  /** What llama.cpp allocated for this model at the measuring context. */
  readonly memory?: MemoryNeed;
  /** Chunks that the figures rest on. */
  readonly chunks: number;
  /** LoRA adapters that were at it. */
  readonly adapters?: readonly AdapterUse[];
}

/** Memory to run a model, bytes. */
export interface MemoryNeed {
  readonly weights: number;
  /** Keys and values of the whole context. */
  readonly cache: number;
  readonly compute: number;
}

/** How keys and values are kept. */
export const cacheTypes = ["F16", "Q8_0", "Q4_0"] as const;
export type CacheType = (typeof cacheTypes)[number];

/** Sums over scored positions of one model. Those of disjoint positions can be merged (core/evaluation/score.ts). */
export interface ScoreState {
  readonly positions: number;
  /** Mean negative log-likelihood, nats per token, and the sum of squared deviations from it. */
  readonly nllMean: number;
  readonly nllSquares: number;
  /** KL divergence from the base at every position, nats; empty for the base itself. */
  readonly divergences: readonly number[];
  /** Positions where the most likely token is the base's. */
  readonly agreements: number;
}

/** What quantizing one tensor to other types would do to it, from sampled rows. */
export interface TensorErrors {
  readonly name: string;
  /** Row length first. */
  readonly shape: readonly number[];
  /** Storage type and bytes in the source. */
  readonly type: string;
  readonly bytes: number;
  /**
   * Relative squared error by ggml type: Σ a·(w − q(w))² / Σ a·w² over the sampled rows, where a is the mean square
   * activation of the weight's column when there is an importance matrix, else 1. Types that the rows do not divide
   * into are left out, and those that ggml cannot make without a matrix where there is none for the tensor.
   */
  readonly errors: Readonly<Record<string, number>>;
}

/** What an importance matrix says of itself. */
export interface ImatrixInfo {
  readonly path: string;
  /** Matrices that it has sums for. */
  readonly tensors: number;
  readonly chunks: number;
  /** Tokens per chunk; 0 where the file does not say. */
  readonly chunkSize: number;
  /** Names of the texts it was made on. */
  readonly datasets: readonly string[];
}

export interface Measurement {
  /** Name of the text measured on. */
  readonly text: string;
  /** Tokens per chunk. */
  readonly context: number;
  readonly chunks: number;
  /** The base first. */
  readonly rows: readonly MeasuredRow[];
}

/** What the machine has, in bytes and counts. */
export interface Machine {
  readonly totalMemory: number;
  readonly freeMemory: number;
  /** 0 without a GPU that llama.cpp can use. */
  readonly totalVideoMemory: number;
  readonly freeVideoMemory: number;
  /** Bytes of the video memory that are RAM too, as on Apple silicon; absent or 0 where it is the GPU's own. */
  readonly unifiedMemory?: number;
  /** e.g. "NVIDIA GeForce RTX 4060"; empty without one. */
  readonly gpuName: string;
  readonly cores: number;
  /** Bytes per second read from RAM and from video memory, where known. */
  readonly memoryBandwidth?: number;
  readonly videoBandwidth?: number;
}

/** One sample of the resource meter. */
export interface MeterReading {
  /** Resident memory of the runtime process and of its jobs' processes, bytes; 0 when none is running. */
  readonly residentMemory: number;
  readonly videoMemory: number;
  /** CPU use of the same processes, 1 = one core fully used. */
  readonly cpu: number;
  /** Tokens per second over the last second of work; 0 when idle. */
  readonly tokensPerSecond: number;
  /** Requests that wait for their turn. */
  readonly queue?: number;
  /** Jobs that run in processes of their own, e.g. a quantization. */
  readonly jobs?: number;
}

export interface LoadedModel {
  readonly path: string;
  /** The file as it was when it was loaded; `modified` in milliseconds since 1970. */
  readonly file?: { readonly bytes: number; readonly modified: number };
  /** Tokens. */
  readonly contextSize: number;
  /** Tokens that were asked for; absent where the runtime chose. */
  readonly askedContext?: number | undefined;
  readonly gpuLayers: number;
  readonly hasChatTemplate: boolean;
  readonly cacheType?: CacheType;
  readonly adapters?: readonly AdapterUse[];
}

/** A LoRA adapter at a model. */
export interface AdapterUse {
  readonly path: string;
  /** 1 is as it was trained, 0 switches it off. */
  readonly scale: number;
}

/** How a model is to be loaded on this machine, and why. */
export interface LoadPlan {
  readonly contextSize: number;
  readonly cacheType: CacheType;
  /** 0 keeps the model in RAM. */
  readonly gpuLayers: number;
  /** All layers, the output counted. */
  readonly layers: number;
  readonly need: MemoryNeed;
  /** One sentence for each choice. */
  readonly reasons: readonly string[];
  /** Set when it will be tight: one sentence with the numbers and what to do. */
  readonly warning?: string;
  /** Set when it cannot be loaded: one sentence with the numbers and what to do. */
  readonly refusal?: string;
}

/** What converting a checkpoint would give. */
export interface ConversionPlan {
  /** llama.cpp's name, e.g. "llama", "qwen3". */
  readonly architecture: string;
  readonly parameters: number;
  /** Exact size of the file. */
  readonly bytes: number;
  readonly tensors: number;
  /** ggml type of the weights that are matrices, e.g. "BF16", "Q4_0". */
  readonly type: string;
  /** Of a GPTQ checkpoint: what it says of its grid, e.g. "4 bit, groups of 128, symmetric, act-order". */
  readonly gptq?: string;
  /** What to know, in sentences, e.g. that a tensor could not be repacked without loss and why. */
  readonly notes: readonly string[];
}

export interface ConversionResult extends ConversionPlan {
  readonly path: string;
  readonly seconds: number;
}
