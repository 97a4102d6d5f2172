import { describe, expect, it } from "vitest";
import { addProduct } from "../../../../src/core/adapters/addProduct";

/** Three rows of two columns. */
const rows = Float32Array.of(1, 2, 3, 4, 5, 6);

describe("addProduct", () => {
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
