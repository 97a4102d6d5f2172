/** Compression recipes: steps on a model, as they are written in a file, planned and run. */
import type { AdapterSettings, BlockRanking, TrainPoint, TrainSettings } from "./compression";
import type { MeasuredRow, QuantType } from "./model";

/** What a step's result is held to, against the original of the whole recipe. What is absent is not asked for. */
export interface QualityGate {
  /** Nats per token, at most. */
  readonly maxKl?: number;
  /** Perplexity as a multiple of the original's, at most. */
  readonly maxPerplexity?: number;
  /** Same most likely token, at least, 0 to 1. */
  readonly minAgreement?: number;
  /** Clause F1 on the labelled contracts, at least, 0 to 1. */
  readonly minClauseF1?: number;
  readonly otherwise: "stop" | "ask";
}

interface Step {
  readonly gate?: QualityGate;
}

export interface PruneStep extends Step {
  readonly kind: "prune";
  /** Blocks by number, or the so many least important. */
  readonly blocks?: readonly number[] | { readonly least: number; readonly by: "influence" | "perplexity" };
  /** Share of the neurons of each feed-forward part that is kept, above 0, at most 1. */
  readonly feedForward?: number;
}
export interface SparsifyStep extends Step {
  readonly kind: "sparsify";
  readonly method: "magnitude" | "wanda";
  readonly sparsity: number;
  readonly pattern?: "2:4";
}
export interface QuantizeStep extends Step {
  readonly kind: "quantize";
  readonly level: QuantType;
  /** With an importance matrix made on the text. */
  readonly imatrix?: boolean;
  /** "gptq": error-compensated rounding, for Q4_0, Q4_1 and Q8_0. Absent: ggml's own. */
  readonly rounding?: "gptq";
}
/** Learns from the recipe's original (or another teacher) on the text. */
export interface DistilStep extends Step {
  readonly kind: "distil";
  /** Path; absent: the recipe's model. */
  readonly teacher?: string;
  /** Absent: the model's own weights learn, which needs them unquantized. */
  readonly adapter?: AdapterSettings;
  /** The adapter becomes part of the model. Otherwise the result is the model with its adapter beside it. */
  readonly merge?: boolean;
  readonly settings?: Partial<TrainSettings>;
}
/** Learns what the text, or a file of examples (JSON lines), says. */
export interface LoraStep extends Step {
  readonly kind: "lora";
  /** Absent: the recipe's text. */
  readonly examples?: string;
  readonly adapter: AdapterSettings;
  readonly merge?: boolean;
  readonly settings?: Partial<TrainSettings>;
}
export interface MergeStep extends Step {
  readonly kind: "merge";
  /** Path. */
  readonly adapter: string;
  readonly scale: number;
}
export type RecipeStep = PruneStep | SparsifyStep | QuantizeStep | DistilStep | LoraStep | MergeStep;
export const stepKinds = ["prune", "sparsify", "quantize", "distil", "lora", "merge"] as const satisfies readonly RecipeStep["kind"][];

/** A file `*.decant.json`. Paths in it are relative to its folder. */
export interface CompressionRecipe {
  /** Of the format. */
  readonly version: 1;
  readonly name: string;
  /** Absent: the person chooses one when it is run. */
  readonly model?: string;
  /** A text file or a folder of them; absent: the person's choice, else the text that ships with Decant. */
  readonly text?: string;
  readonly seed: number;
  readonly steps: readonly RecipeStep[];
}

/** What a step would give and cost, before it runs. */
export interface StepEstimate {
  /** Of the model after it, with its adapter. */
  readonly bytes: number;
  readonly seconds: number;
  /** Highest need of memory while it runs, bytes. */
  readonly memory: number;
  /** Free space that it needs, bytes. */
  readonly disk: number;
  /** Why it cannot run, in a sentence. */
  readonly problem?: string;
  /** What to know, e.g. that sparse weights are no smaller. */
  readonly notes: readonly string[];
}

/** What a step gave. */
export interface StepResult {
  readonly path: string;
  /** Beside it, where a step left an adapter. */
  readonly adapter?: string;
  /** Of both. */
  readonly bytes: number;
  readonly seconds: number;
  /** Against the recipe's original, on the text that was held back from learning. */
  readonly measured?: MeasuredRow;
  readonly clauseF1?: number;
  /** What the gate found worse than allowed, in a sentence. */
  readonly gate?: { readonly passed: boolean; readonly sentence: string };
  readonly notes: readonly string[];
  readonly ranking?: BlockRanking;
  readonly points?: readonly TrainPoint[];
  /** Taken from an earlier run of the same step on the same model and text. */
  readonly kept?: boolean;
}

export interface RecipeResult {
  readonly name: string;
  readonly original: { readonly path: string; readonly bytes: number; readonly measured: MeasuredRow; readonly clauseF1?: number };
  readonly steps: readonly StepResult[];
  /** Where the last model (and its adapter) lies. */
  readonly path: string;
  readonly adapter?: string;
  /** Set where a gate ended it early. */
  readonly stoppedAt?: number;
  readonly seconds: number;
  /** What was learnt from and what was measured on, by name, e.g. "a.txt, its last fifth measured on". */
  readonly texts?: string;
  /** What to know of the whole, e.g. on what text it was measured. */
  readonly notes?: readonly string[];
}

/** While a recipe runs. */
export interface RecipeProgress {
  /** From 0; -1 while the original is measured. */
  readonly step: number;
  readonly steps: number;
  readonly label: string;
  /** Of this step. */
  readonly fraction: number;
  readonly secondsLeft?: number;
  /** Of a training step, all so far. */
  readonly points?: readonly TrainPoint[];
  readonly tokensPerSecond?: number;
  /** Once it is measured. */
  readonly original?: RecipeResult["original"];
  /** Results so far. */
  readonly results: readonly StepResult[];
}
