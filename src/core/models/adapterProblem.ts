import { architectureOf, type GgufHeader, type ParsedHeader, type TensorInfo } from "../gguf/header";
import type { ValueType } from "../gguf/valueTypes";

/** Types that convert_lora_to_gguf.py writes. With others llama.cpp may abort when it multiplies. */
const matrixTypes = ["F32", "F16", "BF16", "Q8_0"];

/**
 * What follows the adapter's name in a sentence; undefined where it belongs to the model. llama-adapter.cpp (v0.4.0) aborts
 * on entries of other types than it expects, and compares only some of the sizes. `model` has the tensors of all its parts.
 */
export function adapterProblem(model: GgufHeader, adapter: ParsedHeader): string | undefined {
  if (valueOf(adapter, "general.type", "string") !== "adapter" || valueOf(adapter, "adapter.type", "string") !== "lora") return "is no LoRA adapter: choose one that was made for this model.";
  const alpha = adapter.entries.has("adapter.lora.alpha") ? valueOf(adapter, "adapter.lora.alpha", "f32") : 0;
  if (typeof alpha !== "number" || !Number.isFinite(alpha)) return "is damaged (its alpha is no number). Download or convert it again.";
  const [theirs, ours] = [valueOf(adapter, "general.architecture", "string"), architectureOf(model)];
  if (theirs !== ours) return `is an adapter for models of the architecture “${String(theirs)}”, and this one is “${ours}”: choose an adapter that was made for this model.`;
  return tensorsProblem(model, adapter.tensors);
}

/** Undefined where the entry is missing or of another type. */
function valueOf(header: ParsedHeader, key: string, type: ValueType): unknown {
  return header.entries.get(key)?.type === type ? header.metadata[key] : undefined;
}

function tensorsProblem(model: GgufHeader, tensors: readonly TensorInfo[]): string | undefined {
  const ours = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
  const pairs = new Map<string, { a?: TensorInfo; b?: TensorInfo }>();
  for (const tensor of tensors) {
    const [, name, part] = /^(.+)\.lora_(a|b)$/.exec(tensor.name) ?? [];
    if (name === undefined) {
      // llama.cpp passes over these.
      if (tensor.name.endsWith("_norm.weight")) continue;
      return `has a tensor “${shortened(tensor.name)}” that no LoRA adapter has: convert it again.`;
    }
    if (!matrixTypes.includes(tensor.type)) return `has ${tensor.type} tensors; adapters can be ${matrixTypes.join(", ")}: convert it again.`;
    pairs.set(name, { ...pairs.get(name), [part!]: tensor });
  }
  for (const [name, { a, b }] of pairs) {
    const weight = ours.get(name);
    if (!weight) return `is an adapter for another model: this one has no tensor “${shortened(name)}”.`;
    if (!a || !b) return `is damaged: one half of its change to “${shortened(name)}” is missing. Download or convert it again.`;
    if (!belongs(name, weight, a, b)) {
      return `is an adapter for another model: it changes “${shortened(name)}” of ${sizes(changed(name, a, b))}, and here that has ${sizes(weight.shape)}.`;
    }
  }
  return pairs.size === 0 ? "changes nothing: it has no tensors of an adapter." : undefined;
}

/** B·A has the shape of the weight; of a token embedding, whose rows are looked up, the two are transposed. */
function belongs(name: string, weight: TensorInfo, a: TensorInfo, b: TensorInfo): boolean {
  const ranks = isLookedUp(name) ? [size(a, 0), size(b, 0)] : [size(a, 1), size(b, 0)];
  const experts = [2, 3].every((dimension) => [a, b].every((half) => size(half, dimension) === size(weight, dimension)));
  const [columns, rows] = changed(name, a, b);
  return ranks[0] === ranks[1] && experts && columns === size(weight, 0) && rows === size(weight, 1);
}

function changed(name: string, a: TensorInfo, b: TensorInfo): readonly number[] {
  return isLookedUp(name) ? [size(b, 1), size(a, 1)] : [size(a, 0), size(b, 1)];
}

function isLookedUp(name: string): boolean {
  return name.endsWith("token_embd.weight");
}

function size({ shape }: TensorInfo, dimension: number): number {
  return shape[dimension] ?? 1;
}

function sizes(shape: readonly number[]): string {
  return shape.join(" × ");
}

function shortened(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 60)}…`;
}
