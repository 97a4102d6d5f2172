import type { LoraPair } from "../../core/adapters/loraPair";
import type { TensorInfo } from "../../core/gguf/header";
import { ranges, rowsOf, type TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";
import { floatRows } from "./floatRows";

/** The two halves of what an adapter adds to one matrix, row after row. */
export interface PairValues {
  /** rows × rank. */
  readonly left: Float32Array;
  /** rank × columns. */
  readonly right: Float32Array;
}

/** One for each expert, or a single one. */
export async function readPair(file: TensorFile, pair: LoraPair, weights: WeightRows): Promise<readonly PairValues[]> {
  const planes = pair.shape[2];
  const [lefts, rights] = [await readAll(file, pair.left, weights), await readAll(file, pair.right, weights)];
  return Array.from({ length: planes }, (_, plane) => {
    const right = part(rights, plane, planes);
    return { left: part(lefts, plane, planes), right: pair.lookedUp ? transposed(right, pair.rank) : right };
  });
}

async function readAll(file: TensorFile, tensor: TensorInfo, weights: WeightRows): Promise<Float32Array> {
  const columns = tensor.shape[0] ?? 1;
  const all = new Float32Array(columns * rowsOf(tensor));
  for (const range of ranges(tensor)) all.set(await floatRows(file, tensor, range, weights), range.first * columns);
  return all;
}

function part(all: Float32Array, index: number, parts: number): Float32Array {
  const length = all.length / parts;
  return all.subarray(index * length, (index + 1) * length);
}

/** Of rows of so many columns. */
export function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  return turned;
}
