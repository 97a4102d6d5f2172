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
  readonly machine: LabSnapshot["machine"];
}

/** What a person has chosen in the lab, and how much of what is known about it holds after another choice. */
export class LabState {
  recipe = newRecipe;
  /** As it was opened, taken or saved last. */
  saved = newRecipe;
  file: string | undefined;
  model: ModelFile | undefined;
  models: readonly ModelFile[] = [];
  unfinished: LabSnapshot["unfinished"];
  problem: string | undefined;
  #text: StudyText;
  #words: number;

  constructor(text: StudyText) {
    this.#text = text;
    this.#words = wordsOf(text.text);
  }

  get text(): StudyText {
    return this.#text;
  }

  /** There are edits that no file has. */
  get isChanged(): boolean {
    return !isSameRecipe(this.saved, this.recipe);
  }

  /** Takes another choice. Answers how many of the first steps do the same as before, on the same ground; "nothing" holds on another. */
  take(choice: { readonly recipe?: CompressionRecipe; readonly model?: ModelFile; readonly text?: StudyText }): number | "everything" | "nothing" {
    const { recipe = this.recipe, model = this.model, text = this.#text } = choice;
    const isGround = model === this.model && text.text === this.#text.text;
    const shared = sharedSteps(this.recipe, recipe);
    const isSame = this.recipe.seed === recipe.seed && shared === this.recipe.steps.length && shared === recipe.steps.length;
    if (text !== this.#text) this.#words = wordsOf(text.text);
    [this.recipe, this.model, this.#text] = [recipe, model, text];
    this.problem = undefined;
    if (isGround && isSame) return "everything";
    this.unfinished = undefined;
    return isGround ? shared : "nothing";
  }

  /** What was run so far, for a report; undefined before a step has ended. */
  result({ original, results, picture, last: run }: RunningRecipe): RecipeResult | undefined {
    const last = results.at(-1);
    if (!original || !last) return undefined;
    const stopped = picture?.state === "stopped" ? { stoppedAt: results.length - 1 } : {};
    return { name: this.recipe.name, original, steps: results, path: last.path, adapter: last.adapter, ...run, ...stopped };
  }

  snapshot({ running, ranking, estimates, machine }: LabFindings): LabSnapshot {
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
      ranking: ranking.ranking,
      rankingProgress: ranking.fraction === undefined ? undefined : { fraction: ranking.fraction },
      run: picture,
      unfinished: picture ? undefined : this.unfinished,
      problem: this.problem ?? estimates.problem,
    };
  }

  memory({ running, ranking }: Pick<LabFindings, "running" | "ranking">): LabMemory {
    const { name, kind, path, text } = this.#text;
    const { original, results } = running;
    const { recipe, saved, file, model } = this;
    return { model: model?.path, text: { name, kind, path, hash: hashOf(text) }, recipe, saved, file, original, results, ranking: ranking.ranking };
  }

  /** Whether results of an earlier session hold. */
  isGroundOf({ model, text }: LabMemory): boolean {
    return model !== undefined && model === this.model?.path && text.hash === hashOf(this.#text.text);
  }
}

function wordsOf(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
