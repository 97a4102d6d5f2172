import { describe, expect, it } from "vitest";
import { bestWithin, lowerHull, smallestWithin, type TensorChoice, type TensorOption } from "../../../../src/core/compression/mixSolver";

const option = (type: string, bytes: number, cost: number): TensorOption => ({ type, bytes, cost });

describe("lower hull", () => {
  it("drops what is larger and worse, and what lies above the line between its neighbours", () => {
    const options = [option("a", 10, 8), option("worse", 12, 9), option("above", 15, 7), option("b", 20, 2), option("c", 40, 1)];
    // From a to b 6 are gained for 10 bytes; "above" gains 1 for the first 5.
    expect(lowerHull(options).map(({ type }) => type)).toEqual(["a", "b", "c"]);
  });
  it("keeps the better of two equally large", () => {
    expect(lowerHull([option("bad", 10, 5), option("good", 10, 3)])).toEqual([option("good", 10, 3)]);
  });
});

/** A small tensor that hurts and a large one that does not. */
const tensors: TensorChoice[] = [
  { name: "small", options: [option("Q2", 1, 10), option("Q4", 2, 4), option("Q8", 4, 0)] },
  { name: "large", options: [option("Q2", 10, 5), option("Q4", 20, 2), option("Q8", 40, 0)] },
];

describe("the best mix within a size", () => {
  it("spends bytes where they gain most", () => {
    expect(bestWithin(tensors, 14)).toEqual({ types: { small: "Q8", large: "Q2" }, bytes: 14, cost: 5 });
  });
  it("fills what is left with the best step that still fits", () => {
    expect(bestWithin(tensors, 24)).toEqual({ types: { small: "Q8", large: "Q4" }, bytes: 24, cost: 2 });
    expect(bestWithin(tensors, 43)).toEqual({ types: { small: "Q8", large: "Q4" }, bytes: 24, cost: 2 });
  });
  it("is undefined when nothing is small enough", () => {
    expect(bestWithin(tensors, 10)).toBeUndefined();
    expect(bestWithin(tensors, 11)?.types).toEqual({ small: "Q2", large: "Q2" });
  });
  it("skips a step that is too large without skipping to the one after it", () => {
    const one = [{ name: "t", options: [option("a", 1, 10), option("b", 10, 2), option("c", 11, 1.9)] }];
    expect(bestWithin(one, 5)?.types).toEqual({ t: "a" });
  });
  it("is never worse than any single type of the same size (200 random models of 40 tensors)", () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 200; round++) {
      const scales = Array.from({ length: 40 }, () => [1 + 9 * random(), random()] as const);
      const make = ([size, hurt]: readonly [number, number]): TensorOption[] =>
        [2, 3, 4, 5, 6, 8].map((bits) => option(`Q${bits}`, bits * size, hurt * 4 ** -bits));
      const choices = scales.map((scale, index) => ({ name: `t${index}`, options: make(scale) }));
      const uniform = choices.map(({ options }) => options[2]!);
      const budget = uniform.reduce((sum, { bytes }) => sum + bytes, 0);
      const cost = uniform.reduce((sum, { cost: own }) => sum + own, 0);
      const mix = bestWithin(choices, budget)!;
      expect(mix.bytes).toBeLessThanOrEqual(budget + 1e-9);
      expect(mix.cost).toBeLessThanOrEqual(cost);
    }
  });
});

describe("the smallest mix within a loss", () => {
  it("stops as soon as the loss is small enough", () => {
    expect(smallestWithin(tensors, 15)?.types).toEqual({ small: "Q2", large: "Q2" });
    expect(smallestWithin(tensors, 9)).toEqual({ types: { small: "Q4", large: "Q2" }, bytes: 12, cost: 9 });
    expect(smallestWithin(tensors, 0)?.types).toEqual({ small: "Q8", large: "Q8" });
    expect(smallestWithin([{ name: "t", options: [option("a", 1, 1)] }], 0.5)).toBeUndefined();
  });
});
