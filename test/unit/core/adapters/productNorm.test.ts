import { describe, expect, it } from "vitest";
import { productNorm } from "../../../../src/core/adapters/productNorm";

describe("productNorm", () => {
  it("is the Frobenius norm of the product", () => {
    // B·A = [[1, -1], [20, 40], [11, 19]]
    expect(productNorm(Float32Array.of(1, 0, 0, 2, 1, 1), Float32Array.of(1, -1, 10, 20), 2)).toBeCloseTo(Math.sqrt(1 + 1 + 400 + 1600 + 121 + 361), 10);
  });

  it("is 0 for an adapter that has not learnt yet", () => {
    expect(productNorm(new Float32Array(6), Float32Array.of(1, -1, 10, 20), 2)).toBe(0);
  });
});
