import type { TensorRow } from "../../src/protocol/modelPanels";
import { plural } from "../format";

/** The tensors of one block, or those outside of the blocks (-1). */
export interface TensorGroup {
  readonly block: number;
  readonly tensors: readonly TensorRow[];
  readonly bytes: number;
  readonly bitsPerWeight: number;
}

/** What is outside of the blocks first, then block by block. */
export function groupTensors(tensors: readonly TensorRow[]): readonly TensorGroup[] {
  const byBlock = new Map<number, TensorRow[]>();
  for (const tensor of tensors) {
    const group = byBlock.get(tensor.block);
    if (group) group.push(tensor);
    else byBlock.set(tensor.block, [tensor]);
  }
  return [...byBlock].sort(([a], [b]) => a - b).map(([block, group]) => ({ block, tensors: group, ...totals(group) }));
}

export function totals(tensors: readonly TensorRow[]): { readonly bytes: number; readonly bitsPerWeight: number } {
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const weights = tensors.reduce((sum, tensor) => sum + weightsOf(tensor), 0);
  return { bytes, bitsPerWeight: weights > 0 ? (8 * bytes) / weights : 0 };
}

export function weightsOf({ shape }: TensorRow): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function blockName(block: number): string {
  return block < 0 ? "Outside of the blocks" : `Block ${block}`;
}

/** "4096 × 14336": row length first. */
export function shapeWords(shape: readonly number[]): string {
  return shape.join(" × ");
}

/** "7 Q4_K, 2 Q6_K": the types of a group, the one with most bytes first. */
export function typesWords(tensors: readonly TensorRow[]): string {
  const types = new Map<string, { count: number; bytes: number }>();
  for (const { type, bytes } of tensors) {
    const sum = types.get(type) ?? { count: 0, bytes: 0 };
    types.set(type, { count: sum.count + 1, bytes: sum.bytes + bytes });
  }
  return [...types].sort(([, a], [, b]) => b.bytes - a.bytes).map(([type, { count }]) => `${count} ${type}`).join(", ");
}

export function tensorsWords(shown: number, all: number): string {
  return shown === all ? plural(all, "tensor") : `${shown} of ${plural(all, "tensor")}`;
}
