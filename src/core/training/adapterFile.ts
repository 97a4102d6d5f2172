import type { TensorInfo } from "../gguf/header";
import type { MetadataEntry, WrittenTensor } from "../gguf/writer";
import type { Random } from "./random";

/** The pair of matrices that a LoRA adapter adds to one weight: W + scale · (alpha / rank) · B·A. */
export interface AdapterPair {
  readonly a: WrittenTensor;
  readonly b: WrittenTensor;
}

export const defaultTargets = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"] as const;

/** For each matrix of the blocks whose role is a target: A is [input width, rank], B is [rank, output width], row length first. */
export function adapterPairs(tensors: readonly TensorInfo[], targets: readonly string[], rank: number): readonly AdapterPair[] {
  return tensors.flatMap(({ name, shape }) => {
    const role = /^blk\.\d+\.(\w+)\.weight$/.exec(name)?.[1];
    const [width = 0, rows = 0] = shape;
    if (role === undefined || !targets.includes(role) || shape.length !== 2) return [];
    return [{ a: { name: `${name}.lora_a`, type: "F32", shape: [width, rank] }, b: { name: `${name}.lora_b`, type: "F32", shape: [rank, rows] } }];
  });
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
