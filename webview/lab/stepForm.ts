import type { BlockRanking } from "../../src/protocol/compression";
import type { ModelFile } from "../../src/protocol/model";
import type { RecipeStep } from "../../src/protocol/recipe";

/** What the settings of a step are shown with. */
export interface StepContext {
  readonly at: number;
  readonly models: readonly ModelFile[];
  readonly ranking?: BlockRanking;
  /** Of the chosen model, where known. */
  readonly blocks?: number;
  /** Of the chosen model, tokens; 0 when unknown. */
  readonly trainedContext: number;
  isOpen(fold: string): boolean;
}
export type BrowsedSetting = "teacher" | "examples" | "adapter";

export interface StepListeners<S extends RecipeStep> {
  onChange(step: S): void;
  onBrowse(setting: BrowsedSetting): void;
  onFold(fold: string, open: boolean): void;
}

/** The settings of one kind of step as controls. */
export interface StepForm<S extends RecipeStep> {
  readonly element: HTMLElement;
  update(step: S, context: StepContext): void;
}
