import { HumanError } from "../../protocol/humanError";
import type { TensorInfo } from "../gguf/header";
import { ranges } from "../recipes/limits";
import type { MetadataEntry, WrittenTensor } from "../gguf/writer";
import type { Random } from "./random";

/** The pair of matrices that a LoRA adapter adds to one weight: W + scale · (alpha / rank) · B·A (arXiv 2106.09685). */
export interface AdapterPair {
  readonly a: WrittenTensor;
  readonly b: WrittenTensor;
}

/**
 * Roles that learn in every architecture at hand. Keys and values do not: in llama.cpp gradients end at the cache that they are written to.
 */
export const defaultTargets = ["attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"] as const;
const unreachable: readonly string[] = ["attn_k", "attn_v"];

/** For each matrix of the blocks whose role is a target: A is [input width, rank], B is [rank, output width], row length first. */
export function adapterPairs(tensors: readonly TensorInfo[], targets: readonly string[], rank: number, type = "F32"): readonly AdapterPair[] {
  return tensors.flatMap(({ name, shape }) => {
    const [width = 0, rows = 0] = shape;
    if (!targets.includes(roleOf(name) ?? "") || shape.length !== 2) return [];
    return [{ a: { name: `${name}.lora_a`, type, shape: [width, rank] }, b: { name: `${name}.lora_b`, type, shape: [rank, rows] } }];
  });
}

/** The roles of a model's matrices that an adapter can learn to change. */
export function learnableRoles(tensors: readonly TensorInfo[]): readonly string[] {
  const roles = tensors.filter(({ shape }) => shape.length === 2).map(({ name }) => roleOf(name));
  return [...new Set(roles)].filter((role): role is string => role !== undefined && !unreachable.includes(role));
}

/** Throws a HumanError for what the model has no matrix for, or what cannot learn. */
export function checkAdapterSettings(tensors: readonly TensorInfo[], { rank, alpha, targets }: { readonly rank: number; readonly alpha: number; readonly targets: readonly string[] }): void {
  const known = learnableRoles(tensors);
  if (targets.length === 0) throw new HumanError("badArgument", `An adapter needs at least one target: ${known.join(", ")}.`);
  for (const target of targets) {
    if (unreachable.includes(target)) throw new HumanError("badArgument", `${target} cannot learn: in llama.cpp gradients end at the cache of keys and values. Targets can be ${known.join(", ")}.`);
    if (!known.includes(target)) throw new HumanError("badArgument", `The model has no matrices called “${target.slice(0, 60)}”. Targets can be ${known.join(", ")}.`);
  }
  const most = Math.min(ranges.rank.to, ...tensors.filter(({ name, shape }) => shape.length === 2 && targets.includes(roleOf(name) ?? "")).flatMap(({ shape }) => shape));
  if (!Number.isInteger(rank) || rank < 1 || rank > most) throw new HumanError("badArgument", `The rank of the adapter must be a whole number from 1 to ${most}, not ${rank}.`);
  if (!(alpha > ranges.alpha.from && alpha <= ranges.alpha.to)) throw new HumanError("badArgument", `The alpha of the adapter must be above 0 and at most ${ranges.alpha.to}, not ${alpha}: the rank, or twice the rank, is usual.`);
}

/** What llama.cpp asks of an adapter's header (llama_adapter_lora_init). */
export function adapterMetadata(architecture: string, alpha: number): readonly MetadataEntry[] {
  return [
    { key: "general.type", type: "string", value: "adapter" },
    { key: "general.architecture", type: "string", value: architecture },
    { key: "adapter.type", type: "string", value: "lora" },
    { key: "adapter.lora.alpha", type: "f32", value: alpha },
  ];
}

/**
 * Where training begins: A uniform in ±1/√width (Kaiming with a = √5, as PEFT's LoraLayer), B zero, so that the adapter
 * changes nothing at first.
 */
export function initialValues({ name, shape }: WrittenTensor, random: Random): Float32Array {
  const values = new Float32Array((shape[0] ?? 0) * (shape[1] ?? 0));
  if (name.endsWith(".lora_b")) return values;
  const bound = 1 / Math.sqrt(shape[0] ?? 1);
  return values.map(() => (2 * random.next() - 1) * bound);
}

function roleOf(name: string): string | undefined {
  return /^blk\.\d+\.(\w+)\.weight$/.exec(name)?.[1];
}
