import type { TensorInfo } from "../../core/gguf/header";
import { ranges, type RowRange } from "../gguf/tensorFile";

/** Matrices that a tensor holds: one, or one for each expert. */
export function planesOf({ shape }: { readonly shape: readonly number[] }): number {
  return shape.slice(2).reduce((product, size) => product * size, 1);
}

/** Rows of one of its matrices. */
export function planeRows({ shape }: { readonly shape: readonly number[] }): number {
  return shape[1] ?? 1;
}

/** All rows of one matrix, in runs of a few megabytes, counted through the whole tensor. */
export function* planeRanges(tensor: TensorInfo, plane: number): Generator<RowRange> {
  const start = plane * planeRows(tensor);
  const own = { ...tensor, shape: tensor.shape.slice(0, 2), bytes: tensor.bytes / planesOf(tensor) };
  for (const { first, rows } of ranges(own)) yield { first: start + first, rows };
}
