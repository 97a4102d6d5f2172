import type { NewMultiplier } from "../rounding/multiplier";

/** Rows that are multiplied at once. */
const tile = 128;

/** Products of rows of a matrix with a few vectors, which are as long as its rows; some rows at a time, in single precision. */
export class Sketch {
  /** Rows and columns as the multiplier wants them: in fours, zeros at the end. */
  readonly #count: number;
  readonly #width: number;
  readonly #vectors: Float32Array;
  readonly #rows: Float32Array;
  readonly #images: Float32Array;
  readonly #turnedImages: Float32Array;
  readonly #turnedRows: Float32Array;
  readonly #sums: Float32Array;
  readonly #multiplier;

  constructor(
    newMultiplier: NewMultiplier,
    private readonly columns: number,
    private readonly count: number,
  ) {
    [this.#count, this.#width] = [inFours(count), inFours(columns)];
    const rooms = [this.#count * this.#width, tile * this.#width, tile * this.#count, this.#count * tile, this.#width * tile, this.#count * this.#width];
    this.#multiplier = newMultiplier(rooms.reduce((sum, floats) => sum + floats, 0));
    [this.#vectors, this.#rows, this.#images, this.#turnedImages, this.#turnedRows, this.#sums] = rooms.map((floats) => this.#multiplier.room(floats)) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  }

  /** Takes other vectors, count × columns. */
  take(vectors: Float32Array): void {
    for (let vector = 0; vector < this.count; vector++) this.#vectors.set(vectors.subarray(vector * this.columns, (vector + 1) * this.columns), vector * this.#width);
  }

  /** D·Vᵀ, rows × count, of the rows D. */
  images(rows: Float32Array): Float32Array {
    const out = new Float32Array((rows.length / this.columns) * this.count);
    for (const [first, length] of this.#tiles(rows)) {
      this.#image(rows, first, length);
      for (let row = 0; row < length; row++) out.set(this.#images.subarray(row * this.#count, row * this.#count + this.count), (first + row) * this.count);
    }
    return out;
  }

  /** Adds V·Dᵀ·D, count × columns, of the rows D to `sums`. */
  addSquares(rows: Float32Array, sums: Float64Array): void {
    for (const [first, length] of this.#tiles(rows)) {
      this.#image(rows, first, length);
      for (let row = 0; row < tile; row++) {
        for (let vector = 0; vector < this.#count; vector++) this.#turnedImages[vector * tile + row] = this.#images[row * this.#count + vector]!;
        for (let column = 0; column < this.columns; column++) this.#turnedRows[column * tile + row] = this.#rows[row * this.#width + column]!;
      }
      this.#multiplier.multiply(this.#turnedImages, this.#turnedRows, this.#sums, tile, tile);
      for (let vector = 0; vector < this.count; vector++) {
        for (let column = 0; column < this.columns; column++) sums[vector * this.columns + column]! += this.#sums[vector * this.#width + column]!;
      }
    }
  }

  #image(rows: Float32Array, first: number, length: number): void {
    for (let row = 0; row < length; row++) this.#rows.set(rows.subarray((first + row) * this.columns, (first + row + 1) * this.columns), row * this.#width);
    this.#rows.fill(0, length * this.#width);
    this.#multiplier.multiply(this.#rows, this.#vectors, this.#images, this.#width, this.#width);
  }

  *#tiles(rows: Float32Array): Generator<readonly [first: number, length: number]> {
    const all = rows.length / this.columns;
    for (let first = 0; first < all; first += tile) yield [first, Math.min(tile, all - first)];
  }
}

function inFours(count: number): number {
  return 4 * Math.ceil(count / 4);
}
