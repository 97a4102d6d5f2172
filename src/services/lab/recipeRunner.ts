import { mkdir, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { judge } from "../../core/recipes/gates";
import { stepTitle } from "../../core/recipes/stepWords";
import { textParts } from "../../core/recipes/textParts";
import type { TrainCheckpoint } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredRow, ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeProgress, RecipeResult, RecipeStep, StepEstimate, StepResult } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { LabelledDocument } from "../tradeoffs/clauseScores";
import { KeptFiles } from "./keptFiles";
import type { LabParts, LabText } from "./labParts";
import { groundOf, learningOf, type RecipeGround } from "./recipeGround";
import { type Figures, RecipeMeasuring, type Stage } from "./recipeMeasuring";
import { checkPlan, planRecipe } from "./recipePlan";
import { RecipeTeller } from "./recipeTeller";
import { filesOf, isTraining, type StepFiles } from "./stepFiles";
import { stepKeys } from "./stepKeys";
import { within } from "./stepProgress";
import { type MadeOrKept, type StepContext, StepWork, stageOf } from "./stepWork";
import { Training } from "./training";

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

export type RecipePlace = Pick<RecipeRun, "model" | "text" | "folder">;

/** Measured unless another number is chosen: the command line's usual. */
const usual = { chunks: 20, context: 512 };
/** Share of a step's time until its result is measured. */
const making = 0.75;

/** Estimates recipes and runs them. Paths in a recipe are absolute here (recipePaths.ts). */
export class RecipeRunner {
  readonly #training: Training;

  constructor(private readonly parts: LabParts) {
    this.#training = new Training(parts);
  }

  /** One for each step. The first estimate of a model decodes one chunk, to know this machine's pace. */
  async estimate(recipe: CompressionRecipe, model: ModelFile, text: LabText, token: CancellationToken): Promise<readonly StepEstimate[]> {
    const { learning, measuring } = textParts(text.text) ?? { learning: text.text, measuring: text.text };
    return planRecipe(this.parts, recipe, { ...usual, model, learning, measuring, timed: true }, token);
  }

  /** A training of this recipe that was cancelled and can be gone on with; `step` counts from 0. */
  async unfinished(recipe: CompressionRecipe, place: RecipePlace): Promise<{ readonly step: number; readonly checkpoint: TrainCheckpoint } | undefined> {
    for (const [step, output] of await trainedFiles(recipe, place)) {
      const checkpoint = await this.#training.unfinished(output);
      if (checkpoint) return { step, checkpoint };
    }
    return undefined;
  }

  /** Drops what a training of this recipe left unfinished; files of finished steps stay. */
  async discard(recipe: CompressionRecipe, place: RecipePlace): Promise<void> {
    for (const [, output] of await trainedFiles(recipe, place)) await this.#training.discard(output);
  }

  /** Everything that can be known to fail is told before the first step. Cancelling keeps what the steps before have made. */
  async *run(recipe: CompressionRecipe, run: RecipeRun, token: CancellationToken): Job<RecipeProgress, RecipeResult> {
    const started = performance.now();
    const kept = new KeptFiles(this.parts.store);
    const files = await placesOf(recipe, run);
    const ground = groundOf(recipe, run.text, run.measuringText);
    const { chunks = usual.chunks, context = usual.context, labelled = [] } = run;
    yield { kind: "progress", progress: { step: -1, steps: recipe.steps.length, label: "Checking the recipe", fraction: 0, results: [] } };
    await this.#check(recipe, run, ground, files, kept, token);
    await mkdir(run.folder, { recursive: true });
    const measuring = await RecipeMeasuring.open(this.parts, { original: run.model, text: ground.measuring, labelled, context, chunks });
    const teller = new RecipeTeller(recipe.steps.length);
    const first = yield* teller.tell(within(measuring.original(token), "Measuring the original", 0, 1));
    const original = { path: run.model.path, bytes: run.model.bytes, measured: first.measured, ...(first.clauseF1 !== undefined && { clauseF1: first.clauseF1 }) };
    teller.original = original;
    const work = new StepWork(this.parts, kept);
    let stage: Stage = { model: run.model };
    let stoppedAt: number | undefined;
    for (const [index, step] of recipe.steps.entries()) {
      if (token.isCancellationRequested) throw HumanError.cancelled();
      teller.begin(index);
      const common: StepContext = { original: run.model, model: stage.model, learning: ground.learning, files: files[index]!, seed: recipe.seed, restart: run.restart === true };
      const made = yield* teller.tell(within(work.run(step, common, token), undefined, 0, making));
      stage = await stageOf(stage, made);
      const figures = yield* teller.tell(within(measuring.result(stage, token), `Measuring “${stepTitle(step)}”`, making, 1));
      const result = await resultOf(step, stage, made, figures, original.measured);
      teller.results = [...teller.results, result];
      yield teller.now({ label: stepTitle(step), fraction: 1 });
      if (result.gate?.passed === false && !(await goesOn(step, result.gate.sentence, index === recipe.steps.length - 1, run))) {
        stoppedAt = index;
        break;
      }
    }
    const notes = [...ground.notes, ...first.notes];
    yield {
      kind: "result",
      result: {
        name: recipe.name, original, steps: teller.results, path: stage.model.path, texts: ground.words, seconds: (performance.now() - started) / 1000,
        ...(stage.adapter !== undefined && { adapter: stage.adapter }), ...(stoppedAt !== undefined && { stoppedAt }), ...(notes.length > 0 && { notes }),
      },
    };
  }

  async #check(recipe: CompressionRecipe, run: RecipeRun, { learning, measuring }: RecipeGround, files: readonly StepFiles[], kept: KeptFiles, token: CancellationToken): Promise<void> {
    if (recipe.steps.length === 0) throw new HumanError("badArgument", "The recipe has no steps: add one.");
    for (const place of files.flatMap(({ output, trained, matrix }) => [output, trained, matrix])) {
      if (resolve(place) === resolve(run.model.path)) throw new HumanError("sameFile", "A result would take the place of the model that the recipe begins with: rename the recipe, or choose another folder.");
      await kept.checkPlace(place);
    }
    const { chunks = usual.chunks, context = usual.context, labelled = [] } = run;
    const estimates = await planRecipe(this.parts, recipe, { model: run.model, learning: learning.text, measuring: measuring.text, chunks, context, labelled: labelled.length > 0, timed: false }, token);
    const there = await Promise.all(files.map(async ({ output }) => (await stat(output).catch(() => undefined)) !== undefined));
    await checkPlan(recipe, estimates.map((estimate, index) => (there[index] ? { ...estimate, disk: 0 } : estimate)), run.folder);
  }
}

/** Whether the recipe goes on after a gate that was not passed. After the last step there is nothing to ask. */
async function goesOn({ gate }: RecipeStep, sentence: string, last: boolean, run: RecipeRun): Promise<boolean> {
  if (gate?.otherwise !== "ask") return false;
  return last || (run.ask !== undefined && (await run.ask(sentence)));
}

async function resultOf(step: RecipeStep, { model, adapter }: Stage, made: MadeOrKept, { measured, clauseF1, notes }: Figures, original: MeasuredRow): Promise<StepResult> {
  const gate = step.gate && judge(step.gate, stepTitle(step), measured, original, clauseF1);
  const added = adapter === undefined ? 0 : (await stat(adapter)).size;
  return {
    path: model.path, bytes: model.bytes + added, seconds: made.seconds, notes: [...made.notes, ...notes],
    ...(adapter !== undefined && { adapter }), ...(measured && { measured }), ...(clauseF1 !== undefined && { clauseF1 }), ...(gate && { gate }),
    ...(made.ranking && { ranking: made.ranking }), ...(made.points && { points: made.points }), ...(made.kept && { kept: true }),
  };
}

async function trainedFiles(recipe: CompressionRecipe, place: RecipePlace): Promise<readonly (readonly [step: number, output: string])[]> {
  return (await placesOf(recipe, place)).flatMap(({ trained }, index) => (isTraining(recipe.steps[index]!) ? [[index, trained] as const] : []));
}

async function placesOf(recipe: CompressionRecipe, { model, text, folder }: RecipePlace): Promise<readonly StepFiles[]> {
  return filesOf(recipe, await stepKeys(recipe, model, learningOf(text)), model, folder);
}
