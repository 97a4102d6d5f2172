/** Host <-> webview: per panel one interface of requests (webview asks) and one union of events (host tells). */
import type { Answer, Fact, Finding, Obligation, Risk, Severity, SummaryPoint } from "./documents";
import type { CacheType, Machine, MeasuredRow, MemoryNeed, ModelFile, QuantSize, QuantType } from "./model";

export type RowStatus = "unmeasured" | "waiting" | "measuring" | "measured" | "failed";
/** Whether the model runs in the machine's memory at the chosen context; "partial" means some layers on the GPU, the others in RAM. */
export type Fit = "gpu" | "partial" | "ram" | "tight" | "no";

/** A number that was foretold, with the interval that holds the true one four times in five. */
export interface Forecast {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What is expected of a row before it is measured. */
export interface RowForecast {
  /** Nats per token. */
  readonly kl?: Forecast;
  /** 0 to 1. */
  readonly top1Agreement?: Forecast;
  /** At most, from the speed of memory (or scaled from measured rows). */
  readonly generationTokensPerSecond?: number;
}

/** Names a row: a level, the original, or a mix of types ("mix-1"). */
export type RowKey = QuantType | "base" | `mix-${number}`;

export interface TradeoffRow {
  readonly key: RowKey;
  /** e.g. "Q4_K_M", "Mix 4.5 GiB". */
  readonly label: string;
  readonly kind: "base" | "level" | "mix";
  /** The level; of a mix the level that tensors not named follow. */
  readonly type: QuantType | "unknown";
  /** Absent while the dry run has not answered. */
  readonly size?: QuantSize;
  /** On the machine asked about. */
  readonly memory?: MemoryNeed;
  readonly fit?: Fit;
  /** Blocks that fit on the GPU, of all; where the machine has a GPU. */
  readonly gpuLayers?: { readonly fit: number; readonly all: number };
  readonly forecast?: RowForecast;
  readonly status: RowStatus;
  readonly measured?: MeasuredRow;
  /** What is missing where its measurement was stopped: some of the text, or only the labelled documents. Measuring goes on with it. */
  readonly unfinished?: "text" | "clauses";
  /** Measured KL of the same level without the importance matrix, when this row has one and both were measured. */
  readonly klWithoutMatrix?: number;
  /** Clause F1 on labelled documents, 0 to 1. */
  readonly clauseF1?: number;
  /** What quantizing and measuring this row would cost. */
  readonly cost?: { readonly seconds: number; readonly bytes: number };
  /** Tells why a row failed or cannot be made. */
  readonly problem?: string;
  /** Path of a file of this row that already stands beside the model. */
  readonly existing?: string;
}

export const tasks = ["analysis", "drafting", "search"] as const;
/** What the model is wanted for. */
export type Task = (typeof tasks)[number];
export type Stake = "important" | "draft";

/** The row to take and the one sentence that says why. */
export interface TradeoffAdvice {
  readonly key: RowKey;
  readonly label: string;
  readonly sentence: string;
  /** What the next smaller or larger choice would change. */
  readonly alternative?: string;
  /** True when the number behind it was foretold, not measured. */
  readonly foretold: boolean;
}

export interface JobProgress {
  readonly label: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly secondsLeft?: number;
}

/** A machine that can be asked about: this one, a preset, or the person's own numbers. */
export interface MachineChoice {
  /** "here", a preset's name, or "own". */
  readonly id: string;
  readonly label: string;
}

export interface StudyText {
  readonly name: string;
  readonly kind: "document" | "folder" | "bundled";
  readonly words: number;
}

/** A question put to the solver: the best mix at most this large, or the smallest that loses at most this much. */
export type MixGoal = { readonly kind: "bytes"; readonly bytes: number } | { readonly kind: "kl"; readonly kl: number };

export interface TradeoffsSnapshot {
  readonly model: ModelFile;
  /** The machine asked about. */
  readonly machine: Machine;
  readonly machineId: string;
  readonly machines: readonly MachineChoice[];
  /** Tokens of context that the memory column counts with, and those that can be chosen. */
  readonly context: number;
  readonly contexts: readonly number[];
  readonly cacheType: CacheType;
  readonly text: StudyText;
  readonly task: Task;
  readonly stake: Stake;
  /** Bytes: the budget line of the chart, from the machine asked about (weights that still fit) or the last question to the solver. */
  readonly budget?: { readonly bytes: number; readonly label: string };
  readonly rows: readonly TradeoffRow[];
  readonly advice?: TradeoffAdvice;
  /** The importance matrix that levels are made with, and in words what it bought where that was measured. */
  readonly imatrix?: { readonly name: string; readonly documents: number; readonly chunks: number; readonly gain?: string };
  /** Says how the forecasts were made and how many measured rows they lean on. */
  readonly forecastNote?: string;
  /** Seconds that decoding the original costs once, whatever is measured. */
  readonly baseSeconds?: number;
  /** Present while something runs. */
  readonly progress?: JobProgress;
  /** Something to know that is no failure, e.g. that the model hardly knows the text's language. */
  readonly warning?: string;
  /** One sentence when something went wrong as a whole. */
  readonly problem?: string;
}

/** Error by tensor and block, for the view "By tensor". */
export interface TensorErrorsTable {
  /** ggml types, largest first. */
  readonly types: readonly string[];
  readonly tensors: readonly {
    readonly name: string;
    /** -1 outside of the blocks. */
    readonly block: number;
    /** e.g. "attn_q", "ffn_down", "token_embd". */
    readonly role: string;
    readonly bytes: number;
    /** Relative squared error for each of `types`; undefined where the rows do not divide. */
    readonly errors: readonly (number | undefined)[];
    /** Nats of KL divergence that this tensor alone is expected to cost in each of `types`. */
    readonly costs: readonly (number | undefined)[];
  }[];
}

export interface TradeoffsRequests {
  /** The first message of a new view; the answer is what it draws. */
  ready(): TradeoffsSnapshot;
  /** Measures the given rows; the answer comes when it has ended or was stopped. */
  measure(args: { readonly keys: readonly RowKey[] }): void;
  stop(): void;
  quantize(args: { readonly key: RowKey }): void;
  setContext(args: { readonly context: number }): void;
  setCacheType(args: { readonly cacheType: CacheType }): void;
  /** "own" asks the person for numbers in the editor's own input boxes. */
  setMachine(args: { readonly id: string }): void;
  setTask(args: { readonly task: Task; readonly stake: Stake }): void;
  /** These four ask in the editor's own pickers. */
  chooseText(): void;
  calibrate(): void;
  chooseMatrix(): void;
  exportReport(): void;
  /** Adds a row for the best mix; a sentence (as the request's error) when there is none. */
  findMix(args: MixGoal): { readonly key: RowKey };
  tensorErrors(): TensorErrorsTable;
}
export type TradeoffsEvent = { readonly kind: "snapshot"; readonly snapshot: TradeoffsSnapshot };

export interface ShownFinding extends Finding {
  readonly id: string;
  readonly severity: Severity;
  /** 1-based line of the first character. */
  readonly line: number;
  readonly quote: string;
  readonly why: string;
  /** Set by the person's own hand ("is a clause"); its probability is 1. */
  readonly byHand?: boolean;
}

/** A category that contracts of this kind usually have, and that was not found. */
export interface MissingClause {
  readonly category: string;
  readonly severity: Severity;
  /** Share of contracts of the kind that have it, 0 to 1. */
  readonly share: number;
  readonly why: string;
}

/** What a generative part needs before it can be run. */
export interface Ability {
  /** Whether the model can be asked at all. */
  readonly able: boolean;
  /** One sentence with a number where the model cannot, or is smaller than the task asks; names a model to get. */
  readonly sentence?: string;
}

/** The parts of an analysis that a model writes. Clauses are classified instead. */
export const writtenParts = ["facts", "obligations", "summary"] as const;
export type WrittenPart = (typeof writtenParts)[number];

/** What two readings of one document found. */
export interface FindingsComparison {
  /** Names of the models, e.g. "contracts-5m Q8_0". */
  readonly first: string;
  readonly second: string;
  readonly rows: readonly {
    readonly category: string;
    readonly severity: Severity;
    readonly start: number;
    readonly end: number;
    readonly line: number;
    readonly quote: string;
    /** Probability that each gave it; absent where it was not found by that model. */
    readonly firstProbability?: number;
    readonly secondProbability?: number;
  }[];
}

export interface AnalysisSnapshot {
  /** Absent when no document is open. */
  readonly document?: { readonly uri: string; readonly name: string };
  /** Name of the model that read it, e.g. "contracts-4m Q8_0". */
  readonly model?: string;
  /** Name of the model that writes and answers, where it is another one. */
  readonly writer?: string;
  /** In the order of the document. Those that the person called "not a clause" are left out. */
  readonly findings: readonly ShownFinding[];
  /** Findings that the person's settings (least severity, ignored categories) leave out. */
  readonly hidden?: number;
  readonly progress?: JobProgress;
  readonly seconds?: number;
  /** Segments that this reading took from the cache, of all. */
  readonly reused?: { readonly segments: number; readonly all: number };
  /** True when the document changed after it was read. */
  readonly stale?: boolean;
  readonly problem?: string;
  /** Something to know that is no failure, e.g. that the text seems to be no contract, or not in the model's language. */
  readonly warning?: string;
  /** What kind of contract it seems to be, e.g. "Supply Agreement", and what such contracts usually have. */
  readonly kind?: { readonly name: string; readonly contracts: number };
  readonly missing?: readonly MissingClause[];
  /** Which level of this model to read with, with the number behind it. */
  readonly profile?: string;
  readonly facts?: readonly Fact[];
  readonly obligations?: readonly Obligation[];
  readonly risks?: readonly Risk[];
  readonly summary?: readonly SummaryPoint[];
  /** Quotes of the model that were found in the text, of all that it gave. */
  readonly verified?: { readonly found: number; readonly all: number };
  readonly answers?: readonly Answer[];
  /** The question that is being answered, with the answer so far. */
  readonly asking?: { readonly question: string; readonly text: string };
  readonly abilities?: Readonly<Record<WrittenPart | "questions", Ability>>;
  readonly comparison?: FindingsComparison;
  /** Corrections of this document by the person. */
  readonly corrections?: number;
}

export interface AnalysisRequests {
  ready(): AnalysisSnapshot;
  analyse(): void;
  stop(): void;
  reveal(args: { readonly id: string }): void;
  /** Selects a place of the document. */
  revealPlace(args: { readonly start: number; readonly end: number }): void;
  /** "Not a clause": remembered for the document. */
  reject(args: { readonly id: string }): void;
  /** Runs a part that a model writes. */
  write(args: { readonly part: WrittenPart }): void;
  ask(args: { readonly question: string }): void;
  forgetAnswers(): void;
  /** These ask in the editor's own pickers. */
  chooseModel(): void;
  compare(): void;
  exportLabels(): void;
  closeComparison(): void;
}
export type AnalysisEvent =
  | { readonly kind: "snapshot"; readonly snapshot: AnalysisSnapshot }
  | { readonly kind: "select"; readonly id: string }
  /** Opens a tab, e.g. because an answer is being written there. */
  | { readonly kind: "show"; readonly tab: "clauses" | "facts" | "obligations" | "summary" | "questions" };
