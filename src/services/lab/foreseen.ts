import { type ParsedHeader, type TensorInfo } from "../../core/gguf/header";
import { metadataEntries } from "../../core/gguf/rewrite";
import { tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import { dataBytes, ggufHeaderBytes, type WrittenTensor } from "../../core/gguf/writer";
import { keptNeurons } from "../../core/pruning/keptNeurons";
import { planPruning } from "../../core/pruning/prunePlan";
import { adapterPairs } from "../../core/training/adapterFile";
import type { AdapterSettings } from "../../protocol/compression";
import type { QuantSize } from "../../protocol/model";
import type { PruneStep } from "../../protocol/recipe";

/** A model that is not there yet, as its header will be. */
export interface Foreseen {
  readonly header: ParsedHeader;
  /** Of each tensor its name in the recipe's original, by which a dry run of that knows it. */
  readonly origins: ReadonlyMap<string, string>;
  /** Of its file. */
  readonly bytes: number;
}

export function foreseenOf(header: ParsedHeader, bytes: number): Foreseen {
  return { header, origins: new Map(header.tensors.map(({ name }) => [name, name])), bytes };
}

/** Without the blocks and neurons of a step; of blocks that will be ranked, the last ones stand for the least important. */
export function foreseenPruned({ header, origins }: Foreseen, { blocks = [], feedForward = 1 }: PruneStep): { readonly model: Foreseen; readonly notes: readonly string[] } {
  const dropBlocks = "least" in blocks ? lastBlocks(header, blocks.least) : blocks;
  const plan = planPruning(header, { dropBlocks, ...(feedForward < 1 && { feedForward: keptNeurons(header, feedForward) }) });
  const tensors = plan.tensors.map(({ name, type, shape }): TensorInfo => ({ name, type, shape, bytes: bytesOf(type, shape), offset: 0 }));
  const metadata = Object.fromEntries(plan.metadata.map(({ key, value }) => [key, value])) as ParsedHeader["metadata"];
  const entries = new Map(plan.metadata.map((entry) => [entry.key, { type: entry.type, ...("element" in entry && { element: entry.element }), bytes: 0 }]));
  const names = new Map(plan.tensors.map(({ name, source }) => [name, origins.get(source.name) ?? source.name]));
  return { model: { header: { ...header, metadata, entries, tensors }, origins: names, bytes: plan.bytes }, notes: plan.notes };
}

/** In the types that a dry run of the original at that level gave; of a level that it could not tell, by its bits per weight. */
export function foreseenQuantized({ header, origins }: Foreseen, { tensorTypes }: QuantSize, bitsPerWeight: number): Foreseen {
  const tensors = header.tensors.map((tensor): TensorInfo => {
    const type = tensorTypes?.[origins.get(tensor.name) ?? tensor.name];
    if (type === undefined) return tensorTypes || tensor.shape.length < 2 ? tensor : { ...tensor, bytes: (weightsOf(tensor) * bitsPerWeight) / 8 };
    const known = tensorTypeNamed(type);
    // Rows that do not divide into blocks fall back to larger types.
    return known && tensorBytes(known, tensor.shape) !== undefined ? { ...tensor, type, bytes: bytesOf(type, tensor.shape) } : { ...tensor, type: "F16", bytes: bytesOf("F16", tensor.shape) };
  });
  const bytes = ggufHeaderBytes({ metadata: metadataEntries(header), tensors: [] }).length + tensors.reduce((sum, tensor) => sum + tensor.bytes + 32 + tensor.name.length, 0);
  return { header: { ...header, tensors }, origins, bytes };
}

/** Bytes of an adapter of these settings, which is written in 16 bits. */
export function adapterBytes({ header }: Foreseen, { rank, targets }: AdapterSettings): number {
  const pairs = adapterPairs(header.tensors, targets, rank, "F16").flatMap(({ a, b }): readonly WrittenTensor[] => [a, b]);
  return ggufHeaderBytes({ metadata: [], tensors: pairs }).length + dataBytes(pairs);
}

function lastBlocks(header: ParsedHeader, count: number): readonly number[] {
  const numbers = new Set(header.tensors.flatMap(({ name }) => /^blk\.(\d+)\./.exec(name)?.[1] ?? []).map(Number));
  return [...numbers].sort((a, b) => a - b).slice(-count);
}

function bytesOf(type: string, shape: readonly number[]): number {
  const known = tensorTypeNamed(type);
  return (known && tensorBytes(known, shape)) ?? 0;
}

function weightsOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}
