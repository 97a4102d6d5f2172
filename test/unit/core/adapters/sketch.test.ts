import { describe, expect, it } from "vitest";
import { Sketch } from "../../../../src/core/adapters/sketch";
import { plainMultiplier } from "../../../../src/core/rounding/multiplier";

/** Three rows of two columns. */
const rows = Float32Array.of(1, 2, 3, 4, 5, 6);

describe("a sketch", () => {
  const sketch = (vectors: readonly number[]): Sketch => {
    const made = new Sketch(plainMultiplier, 2, vectors.length / 2);
    made.take(Float32Array.from(vectors));
    return made;
  };

  it("projects every row on every vector", () => {
    expect([...sketch([1, 0, 1, 1, 2, -1]).images(rows)]).toEqual([1, 3, 0, 3, 7, 2, 5, 11, 4]);
  });

  it("adds the rows back, by what they were projected to", () => {
    const sums = Float64Array.of(100, 100, 0, 0);
    // Images are 1, 3, 5 and 3, 7, 11.
    sketch([1, 0, 1, 1]).addSquares(rows, sums);
    expect([...sums]).toEqual([100 + 1 + 9 + 25, 100 + 2 + 12 + 30, 3 + 21 + 55, 6 + 28 + 66]);
  });

  it("does the same for more rows than it takes at once, and forgets those before", () => {
    const many = Float32Array.from({ length: 300 * 2 }, () => 1);
    const one = sketch([1, 1]);
    expect([...one.images(many)]).toEqual(Array(300).fill(2));
    const sums = new Float64Array(2);
    one.addSquares(many, sums);
    expect([...sums]).toEqual([600, 600]);
    expect([...one.images(rows)]).toEqual([3, 7, 11]);
  });
});
