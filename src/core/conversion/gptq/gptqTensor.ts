import { HumanError } from "../../../protocol/humanError";
import { shown } from "../shown";
import { toHalves } from "./halfPrecision";
import type { LayerShape } from "./layerShape";

/** The grid that weights of a layer lie on: weight = scale · (code − zero). */
export interface GptqGrid extends LayerShape {
  /** [outFeatures][groups] */
  readonly scales: Float32Array;
  /** [outFeatures][groups] */
  readonly zeros: Uint8Array;
  /** The group of each input. */
  readonly groupOf: Uint32Array;
}

export interface GptqTensor extends GptqGrid {
  /** [outFeatures][inFeatures] */
  readonly codes: Uint8Array;
}

/**
 * scale · (code − zero): [rows][inFeatures], rows as listed, all by default. Exact for scales of half precision: 11 digits times
 * at most 9 fit into the 24 of a 32-bit float.
 */
export function dequantize(tensor: GptqTensor, rows?: ArrayLike<number>): Float32Array {
  const order = rowsOf(tensor, rows);
  const { inFeatures } = tensor;
  const weights = new Float32Array(order.length * inFeatures);
  for (let index = 0; index < order.length; index++) {
    dequantizeRow(tensor, order[index]!, weights.subarray(index * inFeatures, (index + 1) * inFeatures));
  }
  return weights;
}

/** The same in half precision. A HumanError that names the layer where a weight is too large for it. */
export function dequantizeToHalves(tensor: GptqTensor, prefix: string, rows?: ArrayLike<number>): Uint16Array {
  const order = rowsOf(tensor, rows);
  const { inFeatures } = tensor;
  const halves = new Uint16Array(order.length * inFeatures);
  const row = new Float32Array(inFeatures);
  for (let index = 0; index < order.length; index++) {
    dequantizeRow(tensor, order[index]!, row);
    if (row.some((weight) => Math.abs(weight) >= firstTooLarge)) throw new HumanError("unsupported", `${shown(prefix)} has weights beyond 65504, the largest number of half precision. Convert with type BF16 or F32.`);
    halves.set(toHalves(row), index * inFeatures);
  }
  return halves;
}

/** Rounds to infinity: half a step above the largest half, 65504. */
const firstTooLarge = 65520;

/** The rows asked for; a row that the layer does not have is a mistake of the caller. */
export function rowsOf({ outFeatures }: LayerShape, rows?: ArrayLike<number>): Uint32Array {
  if (!rows) return Uint32Array.from({ length: outFeatures }, (_, row) => row);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    if (!Number.isInteger(row) || row < 0 || row >= outFeatures) throw new RangeError(`Row ${row} of a layer of ${outFeatures}.`);
  }
  return Uint32Array.from(rows);
}

function dequantizeRow({ inFeatures, groups, scales, zeros, groupOf, codes }: GptqTensor, row: number, into: Float32Array): void {
  const first = row * inFeatures;
  const grid = row * groups;
  for (let input = 0; input < inFeatures; input++) {
    const group = grid + groupOf[input]!;
    into[input] = scales[group]! * (codes[first + input]! - zeros[group]!);
  }
}
