import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { keptNeurons } from "../../core/pruning/keptNeurons";
import { leastImportant } from "../../core/pruning/leastImportant";
import type { BlockRanking, GptqType, TrainPoint } from "../../protocol/compression";
import type { ModelFile } from "../../protocol/model";
import type { MergeStep, PruneStep, QuantizeStep, RecipeStep, SparsifyStep } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import { readGgufHeader } from "../ggufFile";
import type { Job } from "../ports";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";
import { chunkTokens } from "../tradeoffs/measuringPlan";
import { Adapters } from "./adapters";
import type { KeptFiles } from "./keptFiles";
import type { LabParts, LabText } from "./labParts";
import { modelAt } from "./modelAt";
import { Pruning } from "./pruning";
import type { Stage } from "./recipeMeasuring";
import { isTraining, type StepFiles } from "./stepFiles";
import { resultKey } from "./stepKeys";
import { type StepProgress, within } from "./stepProgress";
import { type TrainedStep, TrainingWork } from "./trainingWork";

/** What a step works with. */
export interface StepContext {
  /** Of the recipe: what distilling learns from. */
  readonly original: ModelFile;
  /** What the steps before have made. */
  readonly model: ModelFile;
  readonly learning: LabText;
  readonly files: StepFiles;
  readonly seed: number;
  readonly restart: boolean;
}

/** What a step made. */
export interface Made {
  readonly path: string;
  readonly adapter?: string;
  readonly notes: readonly string[];
  readonly ranking?: BlockRanking;
  readonly points?: readonly TrainPoint[];
  readonly seconds: number;
}
export type MadeOrKept = Made & { readonly kept: boolean };

/** Chunks of a text that are enough for the order of columns by their inputs. */
const matrixChunks = 100;
const matrixContext = 512;

/** Does one step of a recipe, unless its file is still there from an earlier run of the same. */
export class StepWork {
  readonly #pruning: Pruning;
  readonly #adapters: Adapters;
  readonly #training: TrainingWork;

  constructor(
    private readonly parts: LabParts,
    private readonly kept: KeptFiles,
  ) {
    this.#pruning = new Pruning(parts);
    this.#adapters = new Adapters(parts);
    this.#training = new TrainingWork(parts, kept);
  }

  async *run(step: RecipeStep, context: StepContext, token: CancellationToken): Job<StepProgress, MadeOrKept> {
    if (isTraining(step)) {
      yield* this.#train(step, context, token);
      return;
    }
    const { output } = context.files;
    const key = await resultKey(step, context.model, context.learning.text);
    const earlier = context.restart ? undefined : await this.kept.find<Made>(output, key);
    if (earlier) {
      yield { kind: "result", result: { ...earlier, kept: true } };
      return;
    }
    await mkdir(dirname(output), { recursive: true });
    for await (const event of this.kept.making(output, key, this.#made(step, context, token))) {
      yield event.kind === "progress" ? event : { kind: "result", result: { ...event.result, kept: false } };
    }
  }

  async *#made(step: Exclude<RecipeStep, TrainedStep>, context: StepContext, token: CancellationToken): Job<StepProgress, Made> {
    const started = performance.now();
    for await (const event of this.#work(step, context, token)) {
      yield event.kind === "progress" ? event : { kind: "result", result: { path: context.files.output, ...event.result, seconds: (performance.now() - started) / 1000 } };
    }
  }

  #work(step: Exclude<RecipeStep, TrainedStep>, context: StepContext, token: CancellationToken): Job<StepProgress, Pick<Made, "notes" | "ranking">> {
    switch (step.kind) {
      case "prune":
        return this.#prune(step, context, token);
      case "sparsify":
        return this.#sparsify(step, context, token);
      case "quantize":
        return this.#quantize(step, context, token);
      case "merge":
        return this.#merge(step, context, token);
    }
  }

  async *#prune({ blocks = [], feedForward = 1 }: PruneStep, context: StepContext, token: CancellationToken): Job<StepProgress, Pick<Made, "notes" | "ranking">> {
    const { model, learning, files } = context;
    let ranking: BlockRanking | undefined;
    if ("least" in blocks) ranking = yield* within(this.#pruning.rank(model, learning, { leaveOut: blocks.by === "perplexity" }, token), "Ranking blocks", 0, 0.6);
    const dropBlocks = "least" in blocks ? leastImportant(ranking!, blocks.least, blocks.by) : blocks;
    const narrow = feedForward < 1;
    const imatrix = narrow ? yield* this.#matrix(context, 0.6, 0.9, token) : undefined;
    const neurons = narrow ? keptNeurons((await readGgufHeader(model.path)).header, feedForward) : undefined;
    const wish = { dropBlocks, ...(neurons !== undefined && { feedForward: neurons }), ...(imatrix !== undefined && { imatrix }) };
    const { notes } = yield* within(this.#pruning.prune(model, wish, token, files.output), "Writing the pruned model", 0.9, 1);
    const chosen = ranking && dropBlocks.length > 0 ? [`Left out ${dropBlocks.length === 1 ? "block" : "blocks"} ${dropBlocks.join(", ")}.`] : [];
    yield { kind: "result", result: { notes: [...chosen, ...notes], ...(ranking && { ranking }) } };
  }

  async *#sparsify(step: SparsifyStep, context: StepContext, token: CancellationToken): Job<StepProgress, Pick<Made, "notes">> {
    const { method, sparsity, pattern } = step;
    const imatrix = method === "wanda" ? yield* this.#matrix(context, 0, 0.7, token) : undefined;
    const wish = { method, sparsity, ...(pattern && { pattern }), ...(imatrix !== undefined && { imatrix }) };
    const { notes } = yield* within(this.#pruning.sparsify(context.model, wish, token, context.files.output), "Setting weights to zero", 0.7, 1);
    yield { kind: "result", result: { notes } };
  }

  async *#quantize(step: QuantizeStep, context: StepContext, token: CancellationToken): Job<StepProgress, Pick<Made, "notes">> {
    const { model, learning, files: { output } } = context;
    if (step.rounding === "gptq") {
      const { outputError: { compensated, plain }, notes } = yield* within(this.#pruning.gptq(model, step.level as GptqType, learning, token, output), "Rounding with compensation", 0, 1);
      const errors = `Error of the matrices' outputs on the text: ${compensated.toPrecision(2)} instead of ${plain.toPrecision(2)} with plain rounding.`;
      yield { kind: "result", result: { notes: [errors, ...notes] } };
      return;
    }
    const imatrix = step.imatrix ? yield* this.#matrix(context, 0, 0.7, token) : undefined;
    for await (const event of this.parts.jobs.quantize(model, { type: step.level, ...(imatrix !== undefined && { imatrix }) }, token, output)) {
      if (event.kind === "progress") {
        yield { kind: "progress", progress: { label: `Quantizing to ${step.level}`, fraction: 0.7 + (0.3 * event.progress.tensor) / Math.max(1, event.progress.tensors) } };
        continue;
      }
      const { fallbacks } = event.result;
      const notes = fallbacks > 0 ? [`${fallbacks} ${fallbacks === 1 ? "tensor has" : "tensors have"} rows that ${step.level} cannot divide, and kept a larger type.`] : [];
      yield { kind: "result", result: { notes } };
    }
  }

  async *#merge({ adapter, scale }: MergeStep, { model, files }: StepContext, token: CancellationToken): Job<StepProgress, Pick<Made, "notes">> {
    const { notes } = yield* within(this.#adapters.merge({ base: model, adapter, scale }, token, files.output), "Merging the adapter", 0, 1);
    yield { kind: "result", result: { notes } };
  }

  async *#train(step: TrainedStep, context: StepContext, token: CancellationToken): Job<StepProgress, MadeOrKept> {
    const merged = step.adapter !== undefined && step.merge === true;
    const learnt = yield* within(this.#training.run(step, context, token), undefined, 0, merged ? 0.9 : 1);
    if (!merged) {
      yield { kind: "result", result: learnt };
      return;
    }
    const { output } = context.files;
    const adapter = learnt.adapter!;
    const key = hashOf(JSON.stringify(["merge", await fingerprint(context.model.path), await fingerprint(adapter)]));
    const earlier = context.restart ? undefined : await this.kept.find<Made>(output, key);
    if (earlier) {
      yield { kind: "result", result: { ...earlier, kept: learnt.kept } };
      return;
    }
    for await (const event of this.kept.making(output, key, this.#merged(learnt, context, token))) {
      yield event.kind === "progress" ? event : { kind: "result", result: { ...event.result, kept: false } };
    }
  }

  async *#merged(learnt: Made, { model, files: { output } }: StepContext, token: CancellationToken): Job<StepProgress, Made> {
    const started = performance.now();
    const { notes } = yield* within(this.#adapters.merge({ base: model, adapter: learnt.adapter!, scale: 1 }, token, output), "Merging the adapter", 0.9, 1);
    const seconds = learnt.seconds + (performance.now() - started) / 1000;
    yield { kind: "result", result: { path: output, notes: [...learnt.notes, ...notes], points: learnt.points, seconds } };
  }

  /** Path of an importance matrix of the step's model on the learning text. */
  async *#matrix({ model, learning, files: { matrix }, restart }: StepContext, from: number, to: number, token: CancellationToken): AsyncGenerator<{ readonly kind: "progress"; readonly progress: StepProgress }, string> {
    const context = chunkTokens(learning.text, Math.min(matrixContext, model.contextLength || matrixContext));
    const key = hashOf(JSON.stringify(["imatrix", await fingerprint(model.path), hashOf(learning.text), context, matrixChunks]));
    if (!restart && (await this.kept.find(matrix, key)) !== undefined) return matrix;
    const job = this.parts.matrices.calibrate(model, [learning], token, { output: matrix, context, chunks: matrixChunks });
    for await (const event of this.kept.making(matrix, key, job)) {
      if (event.kind === "progress") yield { kind: "progress", progress: { label: "Making an importance matrix", fraction: from + ((to - from) * event.progress.chunk) / Math.max(1, event.progress.totalChunks) } };
    }
    return matrix;
  }
}

/** As the next step finds it. */
export async function stageOf(before: Stage, { path, adapter }: Pick<Made, "path" | "adapter">): Promise<Stage> {
  const model = path === before.model.path ? before.model : await modelAt(path);
  return { model, ...(adapter !== undefined && { adapter }) };
}
