import { basename } from "node:path";
import { mergeProblem } from "../../core/adapters/mergeProblem";
import { modelShape } from "../../core/fit/memory";
import { formatBytes } from "../../core/format";
import type { ParsedHeader } from "../../core/gguf/header";
import { quantLevels } from "../../core/gguf/quantLevels";
import { stepTitle } from "../../core/recipes/stepWords";
import { unrankedNote } from "../../core/recipes/unrankedNote";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { Machine, ModelFile, QuantSize, QuantType } from "../../protocol/model";
import type { CompressionRecipe, MergeStep, QuantizeStep, RecipeStep, StepEstimate } from "../../protocol/recipe";
import { type Foreseen, foreseenPruned, foreseenQuantized } from "./foreseen";
import { foreseeTraining } from "./foreseenTraining";
import { unquantized } from "./outputNames";
import { copySeconds, gptqSeconds, type Pace, quantizeSeconds, readingMemory, readSeconds, streamingMemory } from "./stepCosts";
import { leavesAdapter } from "./stepFiles";

/** What estimating rests on. */
export interface EstimateGround {
  readonly model: ModelFile;
  readonly original: Foreseen;
  /** Tokens of the learning part, about. */
  readonly learningTokens: number;
  /** Tokens that each result is measured on. */
  readonly measuringTokens: number;
  readonly context: number;
  readonly pace: Pace;
  readonly machine: Machine | undefined;
  /** Whether labelled contracts are at hand; undefined while that is not known. */
  readonly labelled?: boolean;
  /** Exact types of the original at a level, by dry run. */
  sizes(level: QuantType): Promise<QuantSize>;
  /** Header of another file that a step names; throws for one that cannot be used. */
  header(path: string): Promise<ParsedHeader>;
}

export interface After {
  readonly model: Foreseen;
  readonly adapter?: number;
  readonly level: ModelFile["type"];
  readonly seconds: number;
  readonly memory: number;
  readonly disk: number;
  readonly notes: readonly string[];
}

const [matrixTokens, rankingTokens, gptqTokens] = [100 * 512, 20 * 512, 64 * 512];

/** One for each step, each on what the one before is foretold to give. After a problem the next ones go on from the model before it. */
export async function estimateSteps({ steps, seed }: CompressionRecipe, ground: EstimateGround): Promise<readonly StepEstimate[]> {
  let before: After = { model: ground.original, level: ground.model.type, seconds: 0, memory: 0, disk: 0, notes: [] };
  const estimates: StepEstimate[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      checkOrder(step, before, steps[index - 1], ground);
      const after = await foresee(step, before, ground, seed);
      const measured = 1 + readSeconds(ground.measuringTokens, ground.pace, ground.original.header) + readSeconds(ground.measuringTokens, ground.pace, after.model.header);
      const memory = Math.max(after.memory, readingMemory(ground.original.header, ground.context) + readingMemory(after.model.header, ground.context));
      const problem = tooLarge(memory, ground.machine);
      estimates.push({ bytes: Math.round(after.model.bytes + (after.adapter ?? 0)), seconds: after.seconds + measured, memory, disk: Math.round(after.disk), notes: after.notes, ...(problem !== undefined && { problem }) });
      before = after;
    } catch (error) {
      if (!(error instanceof HumanError) || error.code === "cancelled") throw error;
      estimates.push({ bytes: Math.round(before.model.bytes), seconds: 0, memory: 0, disk: 0, notes: [], problem: sentenceOf(error) });
    }
  }
  return estimates;
}

/** What cannot be in this order, whatever the model. */
function checkOrder(step: RecipeStep, before: After, previous: RecipeStep | undefined, { labelled }: EstimateGround): void {
  if (before.adapter !== undefined && previous) {
    refuse(`“${stepTitle(previous)}” leaves its adapter beside the model: let it be merged there (“merge”), or make it the last step.`);
  }
  if (step.gate?.minClauseF1 !== undefined && labelled === false) refuse("Its gate asks for clause F1, and there are no labelled contracts to measure it on.");
  if (step.gate?.minClauseF1 !== undefined && leavesAdapter(step)) refuse("Its gate asks for clause F1, which is not measured with an adapter beside the model: let it be merged.");
  if (step.kind === "distil" && !step.adapter && !unquantized.includes(before.level)) {
    refuse(`All weights of a ${before.level} model cannot learn: give the step an adapter, or put it before the quantization.`);
  }
}

function foresee(step: RecipeStep, before: After, ground: EstimateGround, seed: number): Promise<After> {
  switch (step.kind) {
    case "prune":
      return Promise.resolve(foreseePrune(step, before, ground));
    case "sparsify":
      return Promise.resolve(foreseeSparsify(step, before, ground));
    case "quantize":
      return foreseeQuantize(step, before, ground);
    case "merge":
      return foreseeMerge(step, before, ground);
    default:
      return foreseeTraining(step, before, ground, seed);
  }
}

function foreseePrune(step: Extract<RecipeStep, { kind: "prune" }>, before: After, ground: EstimateGround): After {
  const { header } = before.model;
  const { model, notes } = foreseenPruned(before.model, step);
  const { blocks } = modelShape(header);
  const ranked = step.blocks && "least" in step.blocks ? step.blocks.by : undefined;
  const readings = (ranked === undefined ? 0 : ranked === "perplexity" ? 2 + blocks : 1) * reading(rankingTokens, before, ground);
  const matrix = (step.feedForward ?? 1) < 1 ? reading(matrixTokens, before, ground) : 0;
  return {
    ...before, model, notes: ranked === undefined ? notes : [...notes, unrankedNote], seconds: readings + matrix + copySeconds(model.bytes), disk: model.bytes,
    memory: readings + matrix > 0 ? readingMemory(header, ground.context) : streamingMemory(header),
  };
}

function foreseeSparsify(step: Extract<RecipeStep, { kind: "sparsify" }>, before: After, ground: EstimateGround): After {
  const { model } = before;
  const matrix = step.method === "wanda" ? reading(matrixTokens, before, ground) : 0;
  return {
    ...before, disk: model.bytes, seconds: matrix + copySeconds(3 * model.bytes), memory: matrix > 0 ? readingMemory(model.header, ground.context) : streamingMemory(model.header),
    notes: ["Sparse weights are no smaller and no faster in this format: the file keeps its size."],
  };
}

async function foreseeQuantize({ level, imatrix, rounding }: QuantizeStep, before: After, ground: EstimateGround): Promise<After> {
  const { model: { header } } = before;
  const size = await ground.sizes(level);
  const { needsImatrix, bitsPerWeight } = quantLevels[level];
  if (needsImatrix && !imatrix) refuse(`${level} needs an importance matrix: switch that on in this step.`);
  if (size.problem !== undefined && !needsImatrix) refuse(size.problem);
  const first = before.model === ground.original && size.problem === undefined;
  const foreseen = foreseenQuantized(before.model, size.problem === undefined ? size : { ...size, tensorTypes: undefined }, bitsPerWeight);
  const model = first ? { ...foreseen, bytes: size.bytes } : foreseen;
  const gptq = rounding === "gptq";
  const matrix = imatrix && !gptq ? reading(matrixTokens, before, ground) : 0;
  const seconds = gptq ? gptqSeconds(Math.min(gptqTokens, ground.learningTokens), header, ground.pace) : matrix;
  const notes = [
    ...(gptq && imatrix ? ["GPTQ reads the text itself: no importance matrix is made."] : []),
    ...(unquantized.includes(before.level) ? [] : [`The model is ${before.level} already: what that lost is not won back.`]),
    ...(size.fallbacks > 0 ? [`${size.fallbacks} ${size.fallbacks === 1 ? "tensor has" : "tensors have"} rows that ${level} cannot divide, and keep a larger type.`] : []),
  ];
  return {
    model, level, notes, seconds: seconds + quantizeSeconds(level, header, ground.pace.threads), disk: model.bytes,
    memory: gptq || matrix > 0 ? readingMemory(header, ground.context) : streamingMemory(header),
  };
}

async function foreseeMerge({ adapter, scale }: MergeStep, before: After, ground: EstimateGround): Promise<After> {
  const { model } = before;
  if (scale === 0) refuse("A scale of 0 changes nothing: take another one, or leave the step out.");
  const problem = mergeProblem({ name: "The model", header: model.header }, { name: basename(adapter), header: await ground.header(adapter) });
  if (problem !== undefined) refuse(problem);
  const requantized = unquantized.includes(before.level) ? [] : ["The matrices that it changes are quantized anew, which costs some of what the adapter brings."];
  return { ...before, disk: model.bytes, seconds: copySeconds(3 * model.bytes), memory: streamingMemory(model.header), notes: requantized };
}

function reading(most: number, { model }: After, { learningTokens, pace }: EstimateGround): number {
  return readSeconds(Math.min(most, learningTokens), pace, model.header);
}

function tooLarge(memory: number, machine: Machine | undefined): string | undefined {
  if (!machine || memory <= machine.totalMemory) return undefined;
  return `It needs about ${formatBytes(memory)} of memory, and this machine has ${formatBytes(machine.totalMemory)}: take a smaller model or a smaller context, or an adapter instead of all weights.`;
}

function refuse(sentence: string): never {
  throw new HumanError("badArgument", sentence);
}
