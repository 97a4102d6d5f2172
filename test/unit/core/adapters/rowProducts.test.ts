import { describe, expect, it } from "vitest";
import { productNorm } from "../../../../src/core/adapters/productNorm";
import { addBack, addProduct, projections } from "../../../../src/core/adapters/rowProducts";

/** Three rows of two columns. */
const rows = Float32Array.of(1, 2, 3, 4, 5, 6);

describe("products of runs of rows", () => {
  it("projects every row on every vector", () => {
    const vectors = Float64Array.of(1, 0, 1, 1, 2, -1);
    expect([...projections(rows, 2, vectors)]).toEqual([1, 3, 0, 3, 7, 2, 5, 11, 4]);
  });

  it("adds the rows back, by their weights", () => {
    const sums = Float64Array.of(100, 100, 0, 0);
    addBack(rows, 2, Float64Array.of(1, 0, 1, 1, 1, 10), sums);
    expect([...sums]).toEqual([109, 112, 53, 64]);
  });

  it("does the same for more rows than it takes at once", () => {
    const many = Float32Array.from({ length: 9 * 2 }, (_, index) => index);
    const whole = [...projections(many, 2, Float64Array.of(1, 1))];
    expect(whole).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33]);
    const sums = new Float64Array(2);
    addBack(many, 2, Float64Array.from(whole, () => 1), sums);
    expect([...sums]).toEqual([72, 81]);
  });

  it("adds factor · B·A to the rows it is given", () => {
    const left = Float32Array.of(1, 0, 0, 2, 1, 1);
    const right = Float32Array.of(1, -1, 10, 20);
    const all = rows.slice();
    addProduct(all, 2, left, right, 0.5);
    expect([...all]).toEqual([1.5, 1.5, 13, 24, 10.5, 15.5]);
    const last = rows.slice(2);
    addProduct(last, 2, left.subarray(2), right, 0.5);
    expect([...last]).toEqual([13, 24, 10.5, 15.5]);
  });
});

describe("productNorm", () => {
  it("is the Frobenius norm of the product", () => {
    // B·A = [[1, -1], [20, 40], [11, 19]]
    expect(productNorm(Float32Array.of(1, 0, 0, 2, 1, 1), Float32Array.of(1, -1, 10, 20), 2)).toBeCloseTo(Math.sqrt(1 + 1 + 400 + 1600 + 121 + 361), 10);
  });

  it("is 0 for an adapter that has not learnt yet", () => {
    expect(productNorm(new Float32Array(6), Float32Array.of(1, -1, 10, 20), 2)).toBe(0);
  });
});
