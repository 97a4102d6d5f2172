import { HumanError } from "../../protocol/humanError";
import type { ConversionType } from "../../protocol/rpc";
import type { Architecture, TensorRule } from "./architecture";
import type { Checkpoint } from "./checkpoint";
import { ElementConverter, type WrittenType } from "./elements";
import type { GptqConfig } from "./gptq/quantConfig";
import { plannedGptqTensor } from "./gptqPlan";
import type { Hyperparameters } from "./hyperparameters";
import { type LayerNote, layerSentences } from "./layerNotes";
import { computedTensor, floatTypeOf, type PlannedTensor, plannedTensor } from "./plannedTensor";
import { Sources } from "./sources";

export interface TensorPlan {
  readonly tensors: readonly PlannedTensor[];
  readonly parameters: number;
  /** Of the matrices: the one that most weights have. */
  readonly type: string;
  readonly notes: readonly string[];
}

/** LLAMA_MAX_LAYERS of llama-hparams.h, v0.4.0. */
const mostBlocks = 512;

/**
 * Which tensors the file will have, each from which of the checkpoint. Throws a HumanError for one that is missing, too many or of
 * another shape than config.json says.
 */
export async function planTensors(architecture: Architecture, model: Hyperparameters, checkpoint: Checkpoint, asked: ConversionType, gptq: GptqConfig | undefined): Promise<TensorPlan> {
  const sources = new Sources(checkpoint, architecture);
  const type = asked === "auto" ? mainType(checkpoint, gptq) : asked;
  const converter = new ElementConverter();
  const tensors: PlannedTensor[] = (architecture.computed?.(model) ?? []).map(({ name, values }) => computedTensor(name, values));
  const notes: LayerNote[] = [];
  for (const rule of rulesOf(architecture, model)) {
    if (gptq && sources.isQuantized(rule)) {
      const planned = await plannedGptqTensor(sources.checkpoint, rule, gptq, asked);
      sources.tickQuantized(rule);
      tensors.push(planned.tensor);
      notes.push(...planned.notes);
      continue;
    }
    const source = sources.take(rule);
    if (!source) continue;
    tensors.push(plannedTensor(source, rule, typeOf(rule, type), converter));
  }
  sources.checkNoneLeft();
  return { tensors, parameters: tensors.reduce((sum, { shape }) => sum + weightsIn(shape), 0), type: commonestType(tensors), notes: layerSentences(notes) };
}

/** Matrices get the type, vectors and what does not divide into its blocks another. Source: prepare_tensors of conversion/base.py. */
function typeOf({ shape, target }: TensorRule, type: WrittenType): WrittenType {
  if (shape.length === 1 || target.endsWith("_norm.weight") || target.endsWith(".bias")) return "F32";
  return type === "Q8_0" && shape.at(-1)! % 32 !== 0 ? "F16" : type;
}

/** What most weights of the checkpoint's matrices are kept as. */
function mainType({ tensors }: Checkpoint, gptq: GptqConfig | undefined): WrittenType {
  if (gptq) return "F16";
  const weights = { F32: 0, F16: 0, BF16: 0 };
  for (const tensor of tensors.values()) {
    if (tensor.shape.length === 2) weights[floatTypeOf(tensor)] += weightsIn(tensor.shape);
  }
  return (Object.entries(weights) as [WrittenType, number][]).reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

function commonestType(tensors: readonly PlannedTensor[]): string {
  const weights = new Map<string, number>();
  for (const { type, shape } of tensors) if (shape.length > 1) weights.set(type, (weights.get(type) ?? 0) + weightsIn(shape));
  return [...weights].reduce((a, b) => (b[1] > a[1] ? b : a), ["F32", 0])[0];
}

function rulesOf(architecture: Architecture, model: Hyperparameters): readonly TensorRule[] {
  const { outer, block } = architecture.tensors(model);
  if (model.blocks > mostBlocks) throw new HumanError("unsupported", `config.json announces ${model.blocks} blocks, and llama.cpp takes ${mostBlocks} at most.`);
  const numbered = Array.from({ length: model.blocks }, (_, index) => block.map((rule) => ({
    ...rule,
    source: rule.source.replace("{}", String(index)),
    target: rule.target.replace("{}", String(index)),
  })));
  return [...outer.slice(0, 1), ...numbered.flat(), ...outer.slice(1)];
}

function weightsIn(shape: readonly number[]): number {
  return shape.reduce((product, count) => product * count, 1);
}
