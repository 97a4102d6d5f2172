import type { Multiplier, NewMultiplier } from "./multiplier";

/** Inputs that are multiplied at once, and columns whose products are. */
const depth = 256;
const side = 64;

/** Adds products of inputs with each other to a matrix, of which only the part on and below the diagonal is kept. */
export class Gram {
  readonly #multiplier: Multiplier;
  /** Inputs side by side: a row for each column. */
  readonly #tile: Float32Array;
  readonly #out: Float32Array;

  /** For inputs of at most so many columns. */
  constructor(newMultiplier: NewMultiplier, mostColumns: number) {
    const rows = side * Math.ceil(mostColumns / side);
    this.#multiplier = newMultiplier(rows * depth + side * side);
    this.#tile = this.#multiplier.room(rows * depth);
    this.#out = this.#multiplier.room(side * side);
  }

  /** into += factor · Σ x·xᵀ, over inputs that lie `columns` apart, and of each matrix row and input only the first `used` columns. */
  add(into: Float64Array, columns: number, inputs: Float32Array, factor = 1, used = columns): void {
    const count = inputs.length / columns;
    for (let first = 0; first < count; first += depth) {
      const inner = 4 * Math.ceil(Math.min(depth, count - first) / 4);
      this.#fill(inputs.subarray(first * columns), columns, inner, used);
      for (let top = 0; top < used; top += side) {
        for (let left = 0; left <= top; left += side) this.#addSquare(into, columns, { top, left, inner, factor, used });
      }
    }
  }

  #fill(inputs: Float32Array, columns: number, inner: number, used: number): void {
    const count = Math.min(inner, inputs.length / columns);
    for (let column = 0; column < used; column++) {
      const start = column * depth;
      for (let input = 0; input < count; input++) this.#tile[start + input] = inputs[input * columns + column]!;
      this.#tile.fill(0, start + count, start + inner);
    }
  }

  #addSquare(into: Float64Array, columns: number, { top, left, inner, factor, used }: { top: number; left: number; inner: number; factor: number; used: number }): void {
    const rowsFrom = (start: number): Float32Array => this.#tile.subarray(start * depth, (start + side) * depth);
    this.#multiplier.multiply(rowsFrom(top), rowsFrom(left), this.#out, inner, depth);
    for (let row = top; row < Math.min(top + side, used); row++) {
      const last = Math.min(left + side - 1, row);
      const from = (row - top) * side - left;
      for (let column = left; column <= last; column++) into[row * columns + column]! += factor * this.#out[from + column]!;
    }
  }
}
