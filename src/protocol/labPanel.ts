/** Host <-> webview of the Compression Lab. */
import type { BlockRanking, TrainPoint } from "./compression";
import type { Machine, MeasuredRow, ModelFile } from "./model";
import type { StudyText } from "./panels";
import type { RecipeStep, StepEstimate, StepResult } from "./recipe";

export interface LabStep {
  readonly step: RecipeStep;
  /** Absent while it is computed. */
  readonly estimate?: StepEstimate;
  readonly result?: StepResult;
}

export interface LabRun {
  readonly state: "running" | "paused" | "asking" | "done" | "stopped" | "failed";
  /** From 0; -1 while the original is measured. */
  readonly step: number;
  readonly label: string;
  /** Of this step, 0 to 1. */
  readonly fraction: number;
  readonly secondsLeft?: number;
  readonly tokensPerSecond?: number;
  /** Of the training step that runs or ran last. */
  readonly points: readonly TrainPoint[];
  /** What is asked: a gate that a step did not pass. */
  readonly question?: string;
  readonly sentence?: string;
}

export interface LabPreset {
  readonly id: string;
  readonly title: string;
  /** One sentence: for what it is good. */
  readonly detail: string;
}

export interface LabSnapshot {
  readonly model?: ModelFile;
  /** The others that could be chosen. */
  readonly models: readonly ModelFile[];
  readonly text: StudyText;
  readonly machine?: Machine;
  readonly name: string;
  /** File that the recipe was opened from or saved to. */
  readonly file?: string;
  /** Changed since. */
  readonly changed: boolean;
  readonly seed: number;
  readonly presets: readonly LabPreset[];
  readonly steps: readonly LabStep[];
  readonly original?: { readonly measured?: MeasuredRow; readonly clauseF1?: number };
  /** What the last run learnt from and measured on, by name; absent before it has ended. */
  readonly texts?: string;
  /** Of the chosen model on the text; absent until it is asked for. */
  readonly ranking?: BlockRanking;
  readonly rankingProgress?: { readonly fraction: number };
  readonly run?: LabRun;
  /** Training that was left unfinished by an earlier session and can be gone on with. */
  readonly unfinished?: { readonly step: number; readonly of: number; readonly label: string };
  /** One sentence. */
  readonly problem?: string;
  /** The recipe names a model or a text that cannot be used; `problem` tells it. It runs when another is chosen. */
  readonly missing?: "model" | "text";
}

export interface LabRequests {
  ready(): LabSnapshot;
  chooseModel(args: { readonly path: string }): void;
  /** Ask in the editor's own boxes. */
  browseModel(): void;
  chooseText(): void;
  preset(args: { readonly id: string }): void;
  addStep(args: { readonly step: RecipeStep; readonly at?: number }): void;
  changeStep(args: { readonly at: number; readonly step: RecipeStep }): void;
  removeStep(args: { readonly at: number }): void;
  moveStep(args: { readonly from: number; readonly to: number }): void;
  /** Asks for a file in the editor's own box and puts its path into that setting of the step. */
  browseStep(args: { readonly at: number; readonly setting: "teacher" | "examples" | "adapter" }): void;
  rename(args: { readonly name: string }): void;
  seed(args: { readonly seed: number }): void;
  /** leaveOut: also by perplexity without each block. */
  rank(args: { readonly leaveOut: boolean }): void;
  run(): void;
  /** Keeps the state of a training; going on is run(). */
  pause(): void;
  /** Ends it, and drops what is unfinished. */
  cancel(): void;
  /** Answers a gate's question. */
  answer(args: { readonly goOn: boolean }): void;
  open(): void;
  save(): void;
  /** Of a step's result: shows the file in the Models view, or opens its tradeoffs. */
  reveal(args: { readonly path: string }): void;
  showTradeoffs(args: { readonly path: string }): void;
  exportReport(): void;
}
export type LabEvent = { readonly kind: "snapshot"; readonly snapshot: LabSnapshot };

