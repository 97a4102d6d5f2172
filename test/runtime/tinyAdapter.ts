import { writeFileSync } from "node:fs";
import { ggufHeaderBytes, type MetadataEntry, padding } from "../../src/core/gguf/writer";

export interface TinyAdapter {
  readonly architecture?: string;
  /** Rows and columns of the weight that is changed, and of what it is changed by. */
  readonly columns?: number;
  readonly rows?: number;
  readonly rank?: number;
  readonly tensor?: string;
  readonly type?: string;
  /** Replaces entries, by key. */
  readonly metadata?: readonly MetadataEntry[];
  /** Leaves one half out. */
  readonly half?: "a" | "b";
}

/** A LoRA adapter for the queries of the first block, by hand; its numbers are the same every time. */
export function writeTinyAdapter(path: string, adapter: TinyAdapter = {}): string {
  const { architecture = "llama", columns = 256, rows = 256, rank = 4, tensor = "blk.0.attn_q.weight", type = "F32", half } = adapter;
  const own: readonly MetadataEntry[] = [
    { key: "general.type", type: "string", value: "adapter" },
    { key: "general.architecture", type: "string", value: architecture },
    { key: "adapter.type", type: "string", value: "lora" },
    { key: "adapter.lora.alpha", type: "f32", value: 2 * rank },
  ];
  const replaced = new Set(adapter.metadata?.map(({ key }) => key));
  const metadata = [...own.filter(({ key }) => !replaced.has(key)), ...(adapter.metadata ?? [])];
  const halves = [
    { name: `${tensor}.lora_a`, shape: [columns, rank], part: "a" },
    { name: `${tensor}.lora_b`, shape: [rank, rows], part: "b" },
  ].filter(({ part }) => half === undefined || part === half);
  const parts: Uint8Array[] = [ggufHeaderBytes({ metadata, tensors: halves.map(({ name, shape }) => ({ name, type, shape })) })];
  for (const { shape } of halves) {
    const numbers = type === "F32" ? waves(shape[0]! * shape[1]!) : new Uint8Array(2 * shape[0]! * shape[1]!);
    parts.push(numbers, padding(numbers.length));
  }
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

function waves(length: number): Uint8Array {
  return new Uint8Array(Float32Array.from({ length }, (_, index) => Math.sin(index)).buffer);
}
