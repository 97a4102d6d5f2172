import { blockFormats } from "../conversion/gptq/blocks";
import { fromHalves, toHalves } from "../conversion/gptq/halfPrecision";
import type { GptqType } from "../../protocol/compression";

/** The numbers that a block can hold: d · code + m, codes from 0 to `most`. */
export interface BlockGrid {
  /** As it is stored, in half precision. */
  readonly d: number;
  /** Stored as well, or d · lowest where the type stores none. */
  readonly m: number;
  readonly most: number;
}

/** Ranges that are tried, as shares of the one that holds every weight, and shares that are cut off at one end. */
const ranges = [1.04, 1, 0.97, 0.94, 0.91, 0.88, 0.85, 0.82, 0.79, 0.76];
const cuts = [0, 0.03, 0.06, 0.09, 0.12];
/** With so many codes nothing is won by cutting. */
const manyCodes = 255;

/** The code nearest to a value. */
export function codeOf(grid: BlockGrid, value: number): number {
  if (grid.d === 0) return 0;
  const code = Math.floor((value - grid.m) / grid.d + 0.5);
  return code < 0 ? 0 : code > grid.most ? grid.most : code;
}

/**
 * The grid of a type on which the values of a block lose least: Σ a·(value − rounded)², a the importance of each column.
 * Some ranges are tried, and after the best of them the scale of least squares for its codes.
 */
export function bestGrid(type: GptqType, values: Float64Array, importance: Float64Array): BlockGrid {
  const { lowest, most } = blockFormats[type];
  const tried = lowest === undefined ? offsetGrids(values, most) : evenGrids(values, lowest, most);
  const found = leastLoss(tried, values, importance);
  const fitted = lowest === undefined ? fittedOffset(found, values, importance) : fittedEven(found, values, importance, lowest);
  return leastLoss([found, ...fitted], values, importance);
}

function leastLoss(grids: readonly BlockGrid[], values: Float64Array, importance: Float64Array): BlockGrid {
  let best = grids[0]!;
  let least = Infinity;
  for (const grid of grids) {
    const loss = lossOf(grid, values, importance, least);
    if (loss < least) [best, least] = [grid, loss];
  }
  return best;
}

/** Stops where it is no longer below `limit`. */
function lossOf(grid: BlockGrid, values: Float64Array, importance: Float64Array, limit: number): number {
  const { d, m, most } = grid;
  const inverse = d === 0 ? 0 : 1 / d;
  let loss = 0;
  for (let index = 0; index < values.length && loss < limit; index++) {
    const value = values[index]!;
    const code = Math.floor((value - m) * inverse + 0.5);
    const lost = value - (d * (code < 0 ? 0 : code > most ? most : code) + m);
    loss += importance[index]! * lost * lost;
  }
  return loss;
}

/** The largest value becomes the lowest code, which is farther from 0 than the highest, or the highest. */
function evenGrids(values: Float64Array, lowest: number, most: number): readonly BlockGrid[] {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(largest)) largest = value;
  const shares = most < manyCodes ? ranges : [1];
  return evenGridsOf(shares.flatMap((share) => [(share * largest) / lowest, (share * largest) / (lowest + most)]), lowest, most);
}

function evenGridsOf(scales: readonly number[], lowest: number, most: number): readonly BlockGrid[] {
  return Array.from(inHalves(scales), (d) => ({ d, m: d * lowest, most }));
}

function offsetGrids(values: Float64Array, most: number): readonly BlockGrid[] {
  let [least, largest] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  const range = largest - least;
  return offsetGridsOf(cuts.flatMap((below) => cuts.map((above) => [(range * (1 - below - above)) / most, least + below * range] as const)), most);
}

function offsetGridsOf(pairs: readonly (readonly [d: number, m: number])[], most: number): readonly BlockGrid[] {
  const numbers = inHalves(pairs.flat());
  return pairs.map((_, index) => ({ d: numbers[2 * index]!, m: numbers[2 * index + 1]!, most }));
}

function fittedEven(grid: BlockGrid, values: Float64Array, importance: Float64Array, lowest: number): readonly BlockGrid[] {
  let [products, squares] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const step = codeOf(grid, values[index]!) + lowest;
    products += importance[index]! * values[index]! * step;
    squares += importance[index]! * step * step;
  }
  return squares > 0 ? evenGridsOf([products / squares], lowest, grid.most) : [];
}

function fittedOffset(grid: BlockGrid, values: Float64Array, importance: Float64Array): readonly BlockGrid[] {
  let [all, codes, sum, squares, products] = [0, 0, 0, 0, 0];
  for (let index = 0; index < values.length; index++) {
    const a = importance[index]!;
    const code = codeOf(grid, values[index]!);
    all += a;
    codes += a * code;
    sum += a * values[index]!;
    squares += a * code * code;
    products += a * code * values[index]!;
  }
  const spread = all * squares - codes * codes;
  if (!(spread > 0)) return [];
  const d = (all * products - codes * sum) / spread;
  return offsetGridsOf([[d, (sum - d * codes) / all]], grid.most);
}

function inHalves(values: readonly number[]): Float32Array {
  return fromHalves(toHalves(Float32Array.from(values)));
}
