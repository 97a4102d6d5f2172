import { adapterFor, targetNotes } from "../../core/training/adapterTargets";
import { defaultTrainSettings } from "../../core/training/defaultSettings";
import { parseExamples } from "../../core/training/trainingData";
import type { TrainingData, TrainPoint, TrainResult, TrainSettings } from "../../protocol/compression";
import type { ModelFile } from "../../protocol/model";
import type { RecipeStep } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import { readGgufHeader } from "../ggufFile";
import { readSmallFile } from "../smallFile";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";
import type { KeptFiles } from "./keptFiles";
import type { LabParts } from "./labParts";
import { modelAt } from "./modelAt";
import type { StepProgress } from "./stepProgress";
import type { Made, MadeOrKept, StepContext } from "./stepWork";
import { type TimedTraining, Training, type TrainWish, withPoints } from "./training";

export type TrainedStep = Extract<RecipeStep, { kind: "distil" | "lora" }>;

/** Characters of a file of examples. */
export const longestExamples = 256 * 2 ** 20;

/** Does the training of a step. A training of the same that was cancelled is gone on with. */
export class TrainingWork {
  readonly #training: Training;

  constructor(
    parts: LabParts,
    private readonly kept: KeptFiles,
  ) {
    this.#training = new Training(parts);
  }

  async *run(step: TrainedStep, context: StepContext, token: CancellationToken): Job<StepProgress, MadeOrKept> {
    const { model, learning, files: { trained: output }, seed } = context;
    const teacher = step.kind === "lora" ? undefined : await teacherOf(step, context.original);
    const data = await dataOf(step, context);
    const settings = settingsOf(step, model, seed);
    const adapter = step.adapter && adapterFor((await readGgufHeader(model.path)).header.tensors, step.adapter);
    const contents = [model, ...(teacher ? [teacher] : [])].map(({ path }) => fingerprint(path));
    const key = hashOf(JSON.stringify([step.kind, await Promise.all(contents), adapter, settings, hashOf(data.kind === "texts" ? learning.text : JSON.stringify(data.examples))]));
    const earlier = context.restart ? undefined : await this.kept.find<Made>(output, key);
    if (earlier) {
      yield { kind: "result", result: { ...earlier, ...(step.adapter && { path: model.path }), kept: true } };
      return;
    }
    const wish = { student: model, ...(teacher && { teacher }), data, ...(adapter && { adapter }), settings, output, restart: context.restart };
    for await (const event of this.kept.making(output, key, this.#train(wish, adapter ? targetNotes(step.adapter!.targets, adapter.targets) : [], token))) {
      yield event.kind === "progress" ? event : { kind: "result", result: { ...event.result, kept: false } };
    }
  }

  async *#train(wish: TrainWish, notes: readonly string[], token: CancellationToken): Job<StepProgress, Made> {
    const { student, adapter, output } = wish;
    let points: readonly TrainPoint[] = [];
    for await (const event of this.#training.train(wish, token)) {
      if (event.kind === "progress") {
        points = withPoints(points, event.progress.points);
        yield { kind: "progress", progress: { label: words(event.progress), fraction: event.progress.fraction, points, tokensPerSecond: event.progress.tokensPerSecond } };
        continue;
      }
      const { result } = event;
      yield { kind: "result", result: { ...(adapter ? { path: student.path, adapter: output } : { path: output }), notes: [...notes, ...notesOf(result)], points: result.points, seconds: result.seconds } };
    }
  }
}

export function settingsOf(step: TrainedStep, { contextLength }: Pick<ModelFile, "contextLength">, seed: number): TrainSettings {
  return { ...defaultTrainSettings(step.kind, step.adapter ? "adapter" : "all", contextLength || Number.POSITIVE_INFINITY), seed, ...step.settings };
}

async function teacherOf({ teacher }: Extract<RecipeStep, { kind: "distil" }>, original: ModelFile): Promise<ModelFile> {
  return teacher === undefined ? original : modelAt(teacher);
}

async function dataOf(step: TrainedStep, { learning }: StepContext): Promise<TrainingData> {
  if (step.kind === "distil" || step.examples === undefined) return { kind: "texts", texts: [learning] };
  return { kind: "examples", examples: parseExamples(await readSmallFile(step.examples, longestExamples)) };
}

function words({ phase, step, steps, epoch }: TimedTraining): string {
  switch (phase) {
    case "preparing":
      return "Preparing the training";
    case "training":
      return `Training, step ${step} of ${steps}, epoch ${epoch + 1}`;
    case "validating":
      return `Validating at step ${step} of ${steps}`;
    case "writing":
      return "Writing what was learnt";
  }
}

function notesOf({ notes, stopped, bestStep, steps }: TrainResult): readonly string[] {
  if (stopped === "early") return [`The validation loss no longer fell, so training ended early; the values of step ${bestStep} were kept.`, ...notes];
  if (stopped === "notFinite") return [`The loss became infinite, so training ended after ${steps} steps; the values of step ${bestStep} were kept. A lower learning rate helps.`, ...notes];
  return notes;
}
