/** What compressing a model asks and answers, beside quantizing: plain data between the host and the runtime. */
import type { QuantizeResult } from "./model";

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Text that a model reads to be ranked, calibrated or measured: cut into chunks of `context` tokens, at most `chunks` of them. */
export interface ReadingParams {
  readonly texts: readonly NamedText[];
  readonly context: number;
  readonly chunks?: number;
  readonly threads: number;
}

export interface RankBlocksParams extends ReadingParams {
  readonly model: string;
  /** Also decodes the text once more for each block without it: for small models. */
  readonly leaveOut: boolean;
}
export interface BlockImportance {
  readonly block: number;
  /** Block Influence, 0 to 2: 1 − mean cosine of a position's hidden state before and after the block (ShortGPT, arXiv 2403.03853). */
  readonly influence: number;
  /** Without the block: perplexity, and KL divergence from the whole model in nats per token. */
  readonly without?: { readonly perplexity: number; readonly kl: number };
}
export interface BlockRanking {
  /** By block number. */
  readonly blocks: readonly BlockImportance[];
  /** Of the whole model; absent unless blocks were left out. */
  readonly perplexity?: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** Leaves out whole blocks, and neurons of the feed-forward parts of those that stay. */
export interface PruneParams {
  readonly input: string;
  readonly output: string;
  /** Numbers in the input, from 0; none keeps all. */
  readonly dropBlocks: readonly number[];
  /** Neurons that each block keeps; absent keeps all. A multiple of the block length of the types at hand (256 for K-quants). */
  readonly feedForward?: number;
  /** Importance matrix by whose activations neurons are ranked; without it their weights alone rank them. */
  readonly imatrix?: string;
}
export interface PruneResult {
  readonly path: string;
  readonly bytes: number;
  readonly parameters: number;
  /** Left. */
  readonly blocks: number;
  readonly feedForward: number;
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** Sets single weights to zero. File size and speed stay as they are. */
export interface SparsifyParams {
  readonly input: string;
  readonly output: string;
  /** |weight|, or |weight| × norm of its input (Wanda, arXiv 2306.11695), compared within each row. */
  readonly method: "magnitude" | "wanda";
  /** Share of the weights of each row that become zero, above 0 and below 1; with a pattern it is the pattern's. */
  readonly sparsity: number;
  /** Two of every four neighbours. */
  readonly pattern?: "2:4";
  /** Needed by Wanda. */
  readonly imatrix?: string;
}
export interface SparsifyResult {
  readonly path: string;
  readonly bytes: number;
  /** Share of zeros in the matrices of the blocks, counted in what was written. */
  readonly zeros: number;
  readonly tensors: number;
  readonly notes: readonly string[];
  readonly seconds: number;
}

export const gptqTypes = ["Q4_0", "Q4_1", "Q8_0"] as const;
export type GptqType = (typeof gptqTypes)[number];
/** Error-compensated rounding (GPTQ, arXiv 2210.17323) of the matrices of the blocks; all else as the level of that name has it. */
export interface GptqParams extends ReadingParams {
  readonly input: string;
  readonly output: string;
  readonly type: GptqType;
}
export interface GptqResult extends QuantizeResult {
  /** Matrices rounded with compensation. */
  readonly compensated: number;
  /** Σ over those matrices of ‖(W − Q)X‖² ÷ ‖WX‖², mean; `plain` for the same level without compensation. */
  readonly outputError: { readonly compensated: number; readonly plain: number };
  readonly notes: readonly string[];
}

/** One example of how a model is to answer. */
export interface TrainingExample {
  readonly messages: readonly { readonly role: "system" | "user" | "assistant"; readonly content: string }[];
}

export type TrainingData =
  | { readonly kind: "texts"; readonly texts: readonly NamedText[] }
  | { readonly kind: "examples"; readonly examples: readonly TrainingExample[] };

export interface TrainSettings {
  /** Tokens of a sequence. */
  readonly context: number;
  /** Tokens computed at once: gradients of context ÷ piece pieces are accumulated before each step. Absent: the context. */
  readonly piece?: number;
  readonly epochs: number;
  /** The highest one. */
  readonly learningRate: number;
  /** Share of all steps until it is reached. */
  readonly warmUp: number;
  /** Share of it that is left at the end (cosine decay). */
  readonly finalRate: number;
  readonly weightDecay: number;
  /** Of the teacher's distribution. */
  readonly temperature: number;
  /** Share of the true next token in what is learnt from a teacher, 0 to 1. */
  readonly hardShare: number;
  /**
   * Whole distributions of the teacher, or one token drawn from them for each position and epoch, whose mean gradient is the same.
   * Drawn labels are the only ones with pieces shorter than the context.
   */
  readonly labels: "distribution" | "drawn";
  /** Share of the sequences that is held back to validate on. */
  readonly validationShare: number;
  /** Steps between two validations; absent: once an epoch. */
  readonly validateEvery?: number;
  /** Validations without a better loss after which training stops. */
  readonly patience: number;
  readonly seed: number;
}

export interface AdapterSettings {
  readonly rank: number;
  readonly alpha: number;
  /** Roles of the matrices that it changes, e.g. "attn_q", "ffn_down". */
  readonly targets: readonly string[];
}

export interface TrainParams {
  /** The model that learns: with an adapter of any type, else F32, F16 or BF16. */
  readonly student: string;
  /** Its distributions are what is learnt; absent: the next tokens of the data. */
  readonly teacher?: string;
  readonly data: TrainingData;
  /** The adapter learns, and the model's own weights stay as they are; absent: all its weights but the token embedding learn. */
  readonly adapter?: AdapterSettings;
  readonly settings: TrainSettings;
  /** An adapter, or a model of the student's type. */
  readonly output: string;
  /**
   * Folder that keeps the state of an unfinished training; it goes when the output is written. One of the same training is gone on
   * with, one of another is refused unless `restart`.
   */
  readonly checkpoint: string;
  readonly restart?: boolean;
  readonly threads: number;
}
export interface TrainPoint {
  readonly step: number;
  /** Mean over the steps since the last point, nats per token. */
  readonly loss: number;
  /** On what was held back. */
  readonly validation?: number;
  readonly learningRate: number;
}
export interface TrainProgress {
  readonly phase: "preparing" | "training" | "validating" | "writing";
  readonly step: number;
  readonly steps: number;
  /** From 0. */
  readonly epoch: number;
  readonly fraction: number;
  readonly tokensPerSecond: number;
  /** Since the last report; the first report of a resumed training has all before. */
  readonly points: readonly TrainPoint[];
  /** The step that this run went on from. */
  readonly resumedFrom?: number;
}
export interface TrainResult {
  readonly path: string;
  readonly bytes: number;
  readonly steps: number;
  /** Validation loss before the first step and of the step whose values were kept, nats per token. */
  readonly validationBefore: number;
  readonly validationBest: number;
  readonly bestStep: number;
  readonly stopped: "finished" | "early" | "notFinite";
  readonly points: readonly TrainPoint[];
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}
/** What a folder of an unfinished training says. */
export interface TrainCheckpoint {
  readonly folder: string;
  readonly student: string;
  readonly output: string;
  readonly step: number;
  readonly steps: number;
  readonly points: readonly TrainPoint[];
}

/** base + scale · (alpha ÷ rank) · B·A, in the base's types: only matrices that the adapter changes are quantized anew. */
export interface MergeParams {
  readonly base: string;
  readonly adapter: string;
  readonly scale: number;
  readonly output: string;
  /** For the matrices that are quantized anew. */
  readonly imatrix?: string;
}
export interface MergeResult {
  readonly path: string;
  readonly bytes: number;
  /** Matrices that the adapter changed. */
  readonly changed: number;
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** The adapter that comes nearest to tuned − base in each matrix (truncated singular value decomposition, Eckart and Young). */
export interface ExtractParams {
  readonly base: string;
  readonly tuned: string;
  readonly output: string;
  /** At most; a matrix of a lower rank keeps all of it. "full" keeps everything. */
  readonly rank: number | "full";
  readonly seed: number;
}
export interface ExtractedMatrix {
  readonly name: string;
  readonly rank: number;
  /** Share of ‖tuned − base‖² that is kept, 0 to 1. */
  readonly energy: number;
}
export interface ExtractResult {
  readonly path: string;
  readonly bytes: number;
  readonly matrices: readonly ExtractedMatrix[];
  /** Over all matrices. */
  readonly energy: number;
  /** What differs and no adapter can hold, e.g. norms. */
  readonly notes: readonly string[];
  readonly seconds: number;
}

export interface AdapterInfo {
  readonly path: string;
  readonly bytes: number;
  readonly architecture: string;
  readonly alpha: number;
  /** Lowest and highest of its matrices. */
  readonly ranks: readonly [number, number];
  readonly parameters: number;
  /** ggml type of its matrices. */
  readonly type: string;
  /** Roles that it changes. */
  readonly targets: readonly string[];
  readonly matrices: readonly { readonly name: string; readonly rank: number; /** Frobenius norm of (alpha ÷ rank) · B·A. */ readonly norm: number }[];
  /** Decant's notes of how it was made. */
  readonly steps: readonly string[];
  readonly base?: string;
}

/** Of work that goes tensor by tensor, or chunk by chunk. */
export interface WorkProgress {
  readonly done: number;
  readonly all: number;
  /** What is being done, e.g. "Reading the text", "Rounding block 3". */
  readonly label?: string;
}
