import { Matrix, QrDecomposition, SingularValueDecomposition } from "ml-matrix";
import { type NewMultiplier, plainMultiplier } from "../rounding/multiplier";
import { normalNumbers } from "./normalNumbers";
import { Sketch } from "./sketch";

/** A matrix that is read row by row, as often as it is asked for. */
export interface StreamedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** All rows from the first to the last, some whole ones at a time. */
  pieces(): AsyncIterable<Float32Array>;
}

export interface LowRank {
  /** rows × rank. */
  readonly left: Float32Array;
  /** rank × columns. */
  readonly right: Float32Array;
  /** ‖left · right‖² and ‖matrix‖². */
  readonly kept: number;
  readonly total: number;
}

/** Vectors beside those wanted, and times that all are multiplied by DᵀD: section 4.2 and algorithm 4.4 of arXiv 0909.4061. */
const oversampling = 8;
const rounds = 2;
/** Smaller sides are always decomposed exactly; up to the second where nearly all of it is wanted. */
const tiny = 64;
const small = 512;

/**
 * The matrix of at most this rank that comes nearest (Eckart and Young), as a product whose halves share the singular values.
 * Where nothing is to be left out, it is the matrix itself beside an identity. Larger ones are approximated by
 * a randomized range finder with power iterations (Halko, Martinsson and Tropp, arXiv 0909.4061), which reads them three times; what
 * the seed draws, it draws again.
 */
export async function lowRank(matrix: StreamedMatrix, rank: number, seed: number, newMultiplier: NewMultiplier = plainMultiplier): Promise<LowRank> {
  const side = Math.min(matrix.rows, matrix.columns);
  if (rank >= side) return wholeMatrix(matrix);
  const sketch = rank + oversampling;
  return side <= tiny || (side <= small && 2 * sketch >= side) ? exactly(matrix, rank) : approximately(matrix, rank, Math.min(side, sketch), seed, newMultiplier);
}

async function wholeMatrix(matrix: StreamedMatrix): Promise<LowRank> {
  const all = await collected(matrix);
  const power = squares(all);
  const one = identity(Math.min(matrix.rows, matrix.columns));
  return { ...(matrix.columns <= matrix.rows ? { left: all, right: one } : { left: one, right: all }), kept: power, total: power };
}

async function exactly(matrix: StreamedMatrix, rank: number): Promise<LowRank> {
  const all = await collected(matrix);
  const whole = Matrix.from1DArray(matrix.rows, matrix.columns, all);
  const found = new SingularValueDecomposition(whole, { autoTranspose: true });
  const vectors = found.rightSingularVectors.transpose();
  return { ...halves(found.leftSingularVectors, found.diagonal, vectors, rank), total: squares(all) };
}

async function approximately(matrix: StreamedMatrix, rank: number, count: number, seed: number, newMultiplier: NewMultiplier): Promise<LowRank> {
  const { columns } = matrix;
  const sketch = new Sketch(newMultiplier, columns, count);
  let vectors: Float32Array = Float32Array.from(normalNumbers(count * columns, seed));
  for (let round = 0; round < rounds; round++) {
    sketch.take(vectors);
    const sums = new Float64Array(vectors.length);
    for await (const piece of matrix.pieces()) sketch.addSquares(piece, sums);
    vectors = orthonormal(sums, columns);
  }
  sketch.take(vectors);
  const images = new Float32Array(matrix.rows * count);
  let [done, total] = [0, 0];
  for await (const piece of matrix.pieces()) {
    const own = sketch.images(piece);
    images.set(own, done);
    done += own.length;
    total += squares(piece);
  }
  const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(Matrix.from1DArray(matrix.rows, count, images));
  const found = new SingularValueDecomposition(upperTriangularMatrix);
  const left = orthogonalMatrix.mmul(found.leftSingularVectors.subMatrix(0, count - 1, 0, rank - 1));
  const right = found.rightSingularVectors.transpose().subMatrix(0, rank - 1, 0, count - 1).mmul(Matrix.from1DArray(count, columns, vectors));
  return { ...halves(left, found.diagonal, right, rank), total };
}

/** Each half takes the root of a singular value. */
function halves(left: Matrix, values: readonly number[], right: Matrix, rank: number): Omit<LowRank, "total"> {
  const roots = values.slice(0, rank).map((value) => Math.sqrt(Math.max(0, value)));
  const lefts = new Float32Array(left.rows * rank);
  for (let row = 0; row < left.rows; row++) for (let part = 0; part < rank; part++) lefts[row * rank + part] = left.get(row, part) * roots[part]!;
  const rights = new Float32Array(rank * right.columns);
  for (let part = 0; part < rank; part++) for (let column = 0; column < right.columns; column++) rights[part * right.columns + column] = right.get(part, column) * roots[part]!;
  return { left: lefts, right: rights, kept: values.slice(0, rank).reduce((sum, value) => sum + value * value, 0) };
}

/** The same space by orthonormal vectors. */
function orthonormal(vectors: Float64Array, columns: number): Float32Array {
  const { orthogonalMatrix } = new QrDecomposition(Matrix.from1DArray(vectors.length / columns, columns, vectors).transpose());
  return Float32Array.from(orthogonalMatrix.transpose().to1DArray());
}

async function collected(matrix: StreamedMatrix): Promise<Float32Array> {
  const all = new Float32Array(matrix.rows * matrix.columns);
  let done = 0;
  for await (const piece of matrix.pieces()) {
    all.set(piece, done);
    done += piece.length;
  }
  return all;
}

function identity(size: number): Float32Array {
  const values = new Float32Array(size * size);
  for (let index = 0; index < size; index++) values[index * (size + 1)] = 1;
  return values;
}

function squares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
