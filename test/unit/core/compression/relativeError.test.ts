import { describe, expect, it } from "vitest";
import { evenRows, RelativeError } from "../../../../src/core/compression/relativeError";

describe("RelativeError", () => {
  it("is the lost power over the power", () => {
    const error = new RelativeError();
    error.add(Float32Array.of(3, 4), Float32Array.of(3, 2));
    expect(error.value).toBe(4 / 25);
    error.add(Float32Array.of(5, 0), Float32Array.of(4, 0));
    expect(error.value).toBe(5 / 50);
  });

  it("weighs columns by their importance, row by row", () => {
    const error = new RelativeError();
    error.add(Float32Array.of(1, 2, 3, 4), Float32Array.of(0, 0, 3, 3), Float32Array.of(2, 10));
    expect(error.value).toBe((2 * 1 + 10 * 4 + 10 * 1) / (2 * 1 + 10 * 4 + 2 * 9 + 10 * 16));
  });

  it("refuses an importance of no columns, or of columns that the weights do not divide into", () => {
    const error = new RelativeError();
    expect(() => error.add(Float32Array.of(1, 2), Float32Array.of(1, 2), new Float32Array(0))).toThrow(RangeError);
    expect(() => error.add(Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 3), Float32Array.of(1, 1))).toThrow(RangeError);
  });

  it("of zeros is zero", () => {
    const error = new RelativeError();
    error.add(new Float32Array(2), new Float32Array(2));
    expect(error.value).toBe(0);
  });
});

describe("evenRows", () => {
  it("takes the middle of even stretches, and all rows of few", () => {
    expect(evenRows(100, 4)).toEqual([12, 37, 62, 87]);
    expect(evenRows(7, 3)).toEqual([1, 3, 5]);
    expect(evenRows(3, 9)).toEqual([0, 1, 2]);
    expect(evenRows(9, 0.4)).toEqual([4]);
  });
});
