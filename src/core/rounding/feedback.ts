import type { Gram } from "./gram";
import type { InputProducts } from "./inputProducts";

/** How the rounding error of each column is made up for in those behind it. */
export interface Feedback {
  readonly columns: number;
  /**
   * Columns × columns: D on the diagonal, F below it, of the damped Hessian H = (I + F)ᵀ·D·(I + F). Before column c is rounded its
   * weight becomes w[c] − Σ F[c][k]·e[k] over k < c, where e = rounded − weight. What lies above the diagonal says nothing.
   */
  readonly factors: Float64Array;
  /** What was added to each element of the diagonal. */
  readonly damping: number;
}

/** Share of the mean of the diagonal that is added to it (percdamp of the paper's code). */
const dampingShare = 0.01;
/** Rows that are eliminated together. */
const panelRows = 64;

/**
 * Decomposes H = 2·Σ x·xᵀ, damped, by Cholesky's method from the last column to the first. Rounding with these factors is the same as
 * with the Cholesky factor of the inverse of H, which the paper takes (arXiv 2307.13304, theorem 6), and needs no inverse. A column
 * whose input was always 0 neither gives nor takes anything. Overwrites the sums. Throws a RangeError where H is not positive
 * definite, as where an input is not finite.
 */
export function feedbackOf(products: InputProducts, gram: Gram): Feedback {
  const { sums: h, columns } = products;
  const diagonal = products.squares.map((square) => 2 * square);
  const damping = (dampingShare * diagonal.reduce((sum, value) => sum + value, 0)) / columns;
  for (let index = 0; index < h.length; index++) h[index]! *= 2;
  // Of a matrix that was never used every pivot is 0.
  for (let column = 0; column < columns; column++) h[column * (columns + 1)] = diagonal[column]! + damping || 1;
  for (let end = columns; end > 0; end -= panelRows) {
    const start = Math.max(0, end - panelRows);
    eliminate(h, columns, start, end);
    gram.add(h, columns, scaledRows(h, columns, start, end), -1, start);
  }
  return { columns, factors: h, damping };
}

/** The rows of a panel, the last one first: each is divided by its pivot and taken off those before it in the panel. */
function eliminate(h: Float64Array, columns: number, start: number, end: number): void {
  for (let column = end - 1; column >= start; column--) {
    const place = column * columns;
    const pivot = h[place + column]!;
    if (!(pivot > 0 && pivot < Infinity)) throw new RangeError(`The Hessian has a pivot of ${pivot}.`);
    for (let other = 0; other < column; other++) h[place + other]! /= pivot;
    for (let row = start; row < column; row++) {
      const share = pivot * h[place + row]!;
      for (let other = 0; other <= row; other++) h[row * columns + other]! -= share * h[place + other]!;
    }
  }
}

/** √D·F: what the rows before the panel lose is the sum of the products of these. */
function scaledRows(h: Float64Array, columns: number, start: number, end: number): Float32Array {
  const rows = new Float32Array((end - start) * columns);
  for (let row = start; row < end; row++) {
    const scale = Math.sqrt(h[row * (columns + 1)]!);
    for (let column = 0; column < start; column++) rows[(row - start) * columns + column] = scale * h[row * columns + column]!;
  }
  return rows;
}
