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
    halves.set(toHalves(row), index * inFeatures);
  }
  if (halves.includes(infinite) || halves.includes(infinite | 0x8000)) throw new HumanError("unsupported", `${shown(prefix)} has weights beyond 65504, the largest number of half precision. Convert with type BF16 or F32.`);
  return halves;
}

const infinite = 0x7c00;

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
  for (let input = 0; input < inFeatures; ) {
    const group = groupOf[input]!;
    const scale = scales[row * groups + group]!;
    const zero = zeros[row * groups + group]!;
    do {
      into[input] = scale * (codes[first + input]! - zero);
      input++;
    } while (groupOf[input] === group);
  }
}
