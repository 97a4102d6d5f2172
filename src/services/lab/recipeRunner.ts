import type { TrainCheckpoint } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeProgress, RecipeResult, StepEstimate } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { LabelledDocument } from "../tradeoffs/clauseScores";
import type { LabParts, LabText } from "./labParts";

export interface RecipeRun {
  readonly model: ModelFile;
  /** Its last fifth is measured on and never learnt from. */
  readonly text: LabText;
  /** Measured on where the text is too short to hold a part of it back, e.g. the text that ships with Decant. */
  readonly measuringText?: LabText;
  /** Where the steps' results go; it is made where it is missing. */
  readonly folder: string;
  /** Contracts with labelled clauses: clause F1 is told, and gates may ask for it. */
  readonly labelled?: readonly LabelledDocument[];
  /** Answers a gate whose `otherwise` is "ask"; without it such a gate stops. */
  ask?(sentence: string): Promise<boolean>;
  /** Nothing is taken from an earlier run, and no unfinished training is gone on with. */
  readonly restart?: boolean;
  /** Tokens per chunk and chunks that are measured. */
  readonly chunks?: number;
  readonly context?: number;
}

export type RecipePlace = Pick<RecipeRun, "model" | "folder">;

/** Estimates recipes and runs them. Paths in a recipe are absolute here (recipePaths.ts). */
export class RecipeRunner {
  constructor(private readonly parts: LabParts) {}

  /** One for each step. */
  async estimate(_recipe: CompressionRecipe, _model: ModelFile, _text: LabText, _token: CancellationToken): Promise<readonly StepEstimate[]> {
    return [];
  }

  /** A training of this recipe that was cancelled and can be gone on with; `step` counts from 0. */
  async unfinished(_recipe: CompressionRecipe, _place: RecipePlace): Promise<{ readonly step: number; readonly checkpoint: TrainCheckpoint } | undefined> {
    return undefined;
  }

  /** Drops what a training of this recipe left unfinished; files of finished steps stay. */
  async discard(_recipe: CompressionRecipe, _place: RecipePlace): Promise<void> {}

  /** Everything that can be known to fail is told before the first step. Cancelling keeps what the steps before have made. */
  run(_recipe: CompressionRecipe, _run: RecipeRun, _token: CancellationToken): Job<RecipeProgress, RecipeResult> {
    throw new HumanError("unsupported", `This is not built yet (${this.parts.threads()}).`);
  }
}
