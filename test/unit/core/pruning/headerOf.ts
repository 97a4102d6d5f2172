import type { ParsedHeader } from "../../../../src/core/gguf/header";
import { parseGguf } from "../../../../src/core/gguf/parse";
import { dataBytes, ggufHeaderBytes, type MetadataEntry, type WrittenTensor } from "../../../../src/core/gguf/writer";

/** The header of a file that would hold this. */
export function headerOf(metadata: readonly MetadataEntry[], tensors: readonly WrittenTensor[]): ParsedHeader {
  const bytes = ggufHeaderBytes({ metadata, tensors });
  const reading = parseGguf(bytes, bytes.length + dataBytes(tensors));
  if (!("header" in reading)) throw new Error("not whole");
  return reading.header;
}

export interface ModelShape {
  readonly architecture?: string;
  readonly blocks?: number;
  readonly neurons?: number;
  /** Of ffn_down. */
  readonly down?: string;
  readonly metadata?: readonly MetadataEntry[];
  /** Beside norm, up, gate and down of each block. */
  readonly more?: (block: number) => readonly WrittenTensor[];
  /** Rows of ffn_up; without a gate where it holds both. */
  readonly upRows?: number;
}

/** A model of width 4 with the tensors that pruning looks at. */
export function modelHeader({ architecture = "llama", blocks = 3, neurons = 64, down = "F32", metadata = [], more = () => [], upRows = neurons }: ModelShape = {}): ParsedHeader {
  const own: readonly MetadataEntry[] = [
    { key: "general.architecture", type: "string", value: architecture },
    { key: `${architecture}.block_count`, type: "u32", value: blocks },
    { key: `${architecture}.feed_forward_length`, type: "u32", value: neurons },
  ];
  const replaced = new Set(metadata.map(({ key }) => key));
  const of = (block: number): readonly WrittenTensor[] => [
    { name: `blk.${block}.ffn_norm.weight`, type: "F32", shape: [4] },
    { name: `blk.${block}.ffn_up.weight`, type: "F32", shape: [4, upRows] },
    ...(upRows === neurons ? [{ name: `blk.${block}.ffn_gate.weight`, type: "F32", shape: [4, neurons] }] : []),
    { name: `blk.${block}.ffn_down.weight`, type: down, shape: [neurons, 4] },
    ...more(block),
  ];
  const numbers = Array.from({ length: blocks }, (_, block) => block);
  return headerOf([...own.filter(({ key }) => !replaced.has(key)), ...metadata], [{ name: "token_embd.weight", type: "F32", shape: [4, 10] }, ...numbers.flatMap(of)]);
}
