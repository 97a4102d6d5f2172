import { recipePresets } from "../../core/recipes/presets";
import type { LabSnapshot } from "../../protocol/labPanel";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeResult } from "../../protocol/recipe";
import { hashOf } from "../tradeoffs/fingerprint";
import type { StudyText } from "../tradeoffs/ground";
import type { LabMemory } from "./compressionLabParts";
import type { LabEstimates } from "./labEstimates";
import type { LabRanking } from "./labRanking";
import { isSameRecipe, newRecipe, sharedSteps } from "./recipeEdits";
import type { RunningRecipe } from "./runningRecipe";

/** What is computed about what is chosen. */
export interface LabFindings {
  readonly running: RunningRecipe;
  readonly ranking: LabRanking;
  readonly estimates: LabEstimates;
}

export interface ChosenModel {
  readonly file: ModelFile;
  /** Names what is in the file: one that was made anew under its name is another model. */
  readonly content: string;
}

/** A file that a recipe names and that cannot be used, and why in a sentence. */
export interface Missing {
  readonly path: string;
  readonly sentence: string;
}

/** What the recipe names and the lab does not have: it is not run on anything else. */
export interface MissingFiles {
  readonly model?: Missing;
  readonly text?: Missing;
}

export interface LabChoice {
  readonly recipe?: CompressionRecipe;
  /** Undefined as a value: none any more. */
  readonly model?: ChosenModel | undefined;
  readonly text?: StudyText;
  readonly missing?: MissingFiles;
}

/** How many of the first steps do the same as before, on the same ground; "nothing" holds on another. */
export type Kept = number | "everything" | "nothing";

/** What a person has chosen in the lab, and how much of what is known about it holds after another choice. */
export class LabState {
  recipe = newRecipe;
  /** As it was opened, taken or saved last. */
  saved = newRecipe;
  file: string | undefined;
  models: readonly ModelFile[] = [];
  unfinished: LabSnapshot["unfinished"];
  #model: ChosenModel | undefined;
  #missing: MissingFiles = {};
  #text: StudyText;
  #words: number;

  constructor(text: StudyText) {
    this.#text = text;
    this.#words = wordsOf(text.text);
  }

  get model(): ModelFile | undefined {
    return this.#model?.file;
  }

  get content(): string | undefined {
    return this.#model?.content;
  }

  get text(): StudyText {
    return this.#text;
  }

  get missing(): MissingFiles {
    return this.#missing;
  }

  /** Why the recipe cannot be run on what it names, in a sentence. */
  get obstacle(): string | undefined {
    return (this.#missing.model ?? this.#missing.text)?.sentence;
  }

  /** There are edits that no file has. */
  get isChanged(): boolean {
    return !isSameRecipe(this.saved, this.recipe);
  }

  /** With the model and the text that were chosen or that are named, as it is saved. The built-in model has another path after every update. */
  get whole(): CompressionRecipe {
    const { model, text } = this.#missing;
    const chosen = this.model?.builtIn ? undefined : this.model?.path;
    return { ...this.recipe, model: model?.path ?? chosen, text: text?.path ?? this.#text.path };
  }

  take(choice: LabChoice): Kept {
    const { recipe = this.recipe, text = this.#text, missing = this.#missing } = choice;
    const model = "model" in choice ? choice.model : this.#model;
    const isGround = model?.file.path === this.model?.path && model?.content === this.content && text.text === this.#text.text && isSameMissing(missing, this.#missing);
    const shared = sharedSteps(this.recipe, recipe);
    const isSame = this.recipe.seed === recipe.seed && shared === this.recipe.steps.length && shared === recipe.steps.length;
    if (text !== this.#text) this.#words = wordsOf(text.text);
    [this.recipe, this.#model, this.#text, this.#missing] = [recipe, model, text, missing];
    if (isGround && isSame) return "everything";
    this.unfinished = undefined;
    return isGround ? shared : "nothing";
  }

  /** What was run so far, for a report; undefined before a step has ended. */
  result({ original, results, picture, last: run }: RunningRecipe): RecipeResult | undefined {
    const last = results.at(-1);
    if (!original || !last) return undefined;
    const seconds = results.reduce((sum, step) => sum + step.seconds, 0);
    const stopped = picture?.state === "stopped" ? { stoppedAt: results.length - 1 } : {};
    return { name: this.recipe.name, original, steps: results, path: last.path, adapter: last.adapter, ...(run ?? { seconds }), ...stopped };
  }

  snapshot({ running, ranking, estimates }: LabFindings, machine: LabSnapshot["machine"]): LabSnapshot {
    const { original, results, picture } = running;
    const { name, seed, steps } = this.recipe;
    return {
      model: this.model,
      models: this.models,
      text: { name: this.#text.name, kind: this.#text.kind, words: this.#words },
      machine, name, seed,
      file: this.file,
      changed: this.isChanged,
      presets: recipePresets.map(({ id, title, detail }) => ({ id, title, detail })),
      steps: steps.map((step, index) => ({ step, estimate: estimates.values[index], result: results[index] })),
      original: original && { measured: original.measured, clauseF1: original.clauseF1 },
      texts: running.last?.texts,
      ranking: ranking.ranking,
      rankingProgress: ranking.fraction === undefined ? undefined : { fraction: ranking.fraction },
      run: picture,
      unfinished: picture ? undefined : this.unfinished,
      problem: this.obstacle ?? estimates.problem,
      missing: this.#missing.model ? "model" : this.#missing.text && "text",
    };
  }

  memory({ running, ranking }: Pick<LabFindings, "running" | "ranking">): LabMemory {
    const { name, kind, path, text } = this.#text;
    const { original, results } = running;
    const { recipe, saved, file, model, content, missing } = this;
    return {
      model: missing.model?.path ?? model?.path, content, text: { name, kind, path: missing.text?.path ?? path, hash: hashOf(text) },
      recipe, saved, file, original, results, ranking: ranking.ranking,
    };
  }

  /** Whether results of an earlier session hold. */
  isGroundOf({ model, content, text }: LabMemory): boolean {
    return model !== undefined && model === this.model?.path && content === this.content && text.hash === hashOf(this.#text.text);
  }
}

function isSameMissing(one: MissingFiles, other: MissingFiles): boolean {
  return one.model?.path === other.model?.path && one.text?.path === other.text?.path;
}

function wordsOf(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
