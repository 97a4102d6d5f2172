import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { lowRank, type StreamedMatrix } from "../../../../src/core/adapters/lowRank";
import { normalNumbers } from "../../../../src/core/adapters/normalNumbers";
import { addProduct } from "../../../../src/core/adapters/addProduct";

function streamed(rows: number, columns: number, values: Float32Array, atOnce = 40): StreamedMatrix {
  return {
    rows, columns,
    async *pieces() {
      for (let row = 0; row < rows; row += atOnce) yield values.subarray(row * columns, Math.min(rows, row + atOnce) * columns);
    },
  };
}

function product(left: Float32Array, right: Float32Array, rows: number, columns: number): Float32Array {
  const all = new Float32Array(rows * columns);
  addProduct(all, columns, left, right, 1);
  return all;
}

/** left · diagonal · right of random halves. */
function random(rows: number, columns: number, sizes: readonly number[], seed: number): Float32Array {
  const left = Float32Array.from(normalNumbers(rows * sizes.length, seed), (value, index) => value * sizes[index % sizes.length]!);
  return product(left, Float32Array.from(normalNumbers(sizes.length * columns, seed + 1)), rows, columns);
}

describe("lowRank", () => {
  it("keeps the largest singular value of a 2 × 2 matrix", async () => {
    // [[3, 0], [4, 5]] has the singular values 3√5 and √5, and [[1.5, 1.5], [4.5, 4.5]] comes nearest to it.
    const { left, right, kept, total } = await lowRank(streamed(2, 2, Float32Array.of(3, 0, 4, 5)), 1, 1);
    expect(kept).toBeCloseTo(45, 10);
    expect(total).toBe(50);
    expect([...product(left, right, 2, 2)]).toEqual([1.5, 1.5, 4.5, 4.5].map((value) => expect.closeTo(value, 5)));
    const power = (half: Float32Array): number => half.reduce((sum, value) => sum + value * value, 0);
    expect(power(left)).toBeCloseTo(3 * Math.sqrt(5), 4);
    expect(power(right)).toBeCloseTo(3 * Math.sqrt(5), 4);
  });

  it.each([["3 × 2", 3, 2], ["2 × 3", 2, 3]])("keeps one direction of a %s matrix that has two", async (_, rows, columns) => {
    // A diagonal of 2 and 1.
    const values = new Float32Array(6);
    [values[0], values[columns + 1]] = [2, 1];
    const { left, right, kept, total } = await lowRank(streamed(rows, columns, values), 1, 1);
    expect(kept / total).toBeCloseTo(4 / 5, 10);
    const near = new Float32Array(6);
    near[0] = 2;
    expect([...product(left, right, rows, columns)]).toEqual([...near].map((value) => expect.closeTo(value, 6)));
  });

  it.each([["tall", 5, 2], ["wide", 2, 5]])("is the matrix itself where nothing is left out: %s", async (_, rows, columns) => {
    const values = random(rows, columns, [1, 1], 3);
    const { left, right, kept, total } = await lowRank(streamed(rows, columns, values), 64, 1);
    expect(product(left, right, rows, columns)).toEqual(values);
    expect([left.length, right.length]).toEqual([rows * 2, 2 * columns]);
    expect(kept).toBe(total);
  });

  it.each([[90, 130], [130, 90]])("finds all of a %i × %i matrix of low rank", async (rows, columns) => {
    const values = random(rows, columns, [5, 3, 1, 0.2], 7);
    const { left, right, kept, total } = await lowRank(streamed(rows, columns, values, 16), 4, 1);
    expect(kept / total).toBeCloseTo(1, 5);
    const found = product(left, right, rows, columns);
    expect(Math.max(...found.map((value, index) => Math.abs(value - values[index]!)))).toBeLessThan(1e-4);
  });

  it("comes close to the best of a matrix whose values hardly fall, the same for the same seed", async () => {
    const [rows, columns] = [100, 120];
    const values = random(rows, columns, Array.from({ length: 100 }, (_, index) => 1 / Math.sqrt(1 + index)), 11);
    const singular = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, values), { autoTranspose: true }).diagonal;
    const best = singular.slice(0, 8).reduce((sum, value) => sum + value * value, 0);
    const { kept, total, left } = await lowRank(streamed(rows, columns, values), 8, 5);
    expect(total).toBeCloseTo(singular.reduce((sum, value) => sum + value * value, 0), 1);
    expect(kept).toBeLessThanOrEqual(best * (1 + 1e-5));
    expect(kept).toBeGreaterThan(0.97 * best);
    expect((await lowRank(streamed(rows, columns, values), 8, 5)).left).toEqual(left);
    expect((await lowRank(streamed(rows, columns, values), 8, 6)).left).not.toEqual(left);
  });

  it("decomposes exactly where nearly all is wanted", async () => {
    const values = random(70, 80, Array.from({ length: 70 }, () => 1), 13);
    const singular = new SingularValueDecomposition(Matrix.from1DArray(70, 80, values), { autoTranspose: true }).diagonal;
    const { kept } = await lowRank(streamed(70, 80, values), 60, 1);
    expect(kept).toBeCloseTo(singular.slice(0, 60).reduce((sum, value) => sum + value * value, 0), 3);
  });
});
