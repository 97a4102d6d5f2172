import type { BlockRanking } from "../../protocol/compression";
import type { Machine, ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeResult, StepResult } from "../../protocol/recipe";
import type { LabelledDocument } from "../tradeoffs/clauseScores";
import type { StudyText } from "../tradeoffs/ground";
import type { LabText } from "./labParts";
import type { Pruning } from "./pruning";
import type { RecipeRunner } from "./recipeRunner";

/** A text as it is whenever it is asked for: a document goes on being written. */
export type LabSource = () => StudyText;

export interface CompressionLabParts {
  readonly runner: Pick<RecipeRunner, "estimate" | "run" | "unfinished" | "discard">;
  readonly pruning: Pick<Pruning, "rank">;
  /** Those that can be compressed. */
  models(): Promise<readonly ModelFile[]>;
  /** The model at a path; throws for one that cannot be used. */
  model(path: string): Promise<ModelFile>;
  /** What names the content of a model's file; undefined where it cannot be read. */
  content(path: string): Promise<string | undefined>;
  /** The text of a file or a folder that a recipe names. */
  text(path: string): Promise<LabSource>;
  /** The text that ships with Decant. */
  bundledText(): Promise<LabText>;
  /** Throws for a file that must not be read, since its workspace is not trusted. */
  requireTrust(path: string): Promise<void>;
  machine(): Machine | undefined;
  /** Where the results of a model's recipes go. */
  folder(model: ModelFile): string;
  /** Contracts whose clauses are labelled, for a model that names clauses. */
  labelled(model: ModelFile): Promise<readonly LabelledDocument[]>;
  /** Tokens per chunk and chunks to measure and rank on. */
  measuring(): { readonly context: number; readonly chunks: number };
  /** Milliseconds after an edit until it is estimated. */
  readonly wait?: number;
}

/** What of the lab outlives its window. */
export interface LabMemory {
  readonly model?: string;
  /** Names what was in the model's file. */
  readonly content?: string;
  readonly text: Pick<StudyText, "name" | "kind" | "path"> & { readonly hash: string };
  readonly recipe: CompressionRecipe;
  readonly saved: CompressionRecipe;
  readonly file?: string;
  readonly original?: RecipeResult["original"];
  readonly results: readonly StepResult[];
  readonly ranking?: BlockRanking;
}
