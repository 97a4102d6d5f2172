import { expect, test } from "vitest";
import { paretoFront } from "../../../../src/core/evaluation/pareto";

const front = (points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] => paretoFront(points, ([cost]) => cost, ([, loss]) => loss);

test("keeps what nothing else beats, in order of cost", () => {
  expect(front([[8, 0.001], [4.3, 0.07], [3, 0.4], [4.2, 0.036], [4.6, 0.031]])).toEqual([[3, 0.4], [4.2, 0.036], [4.6, 0.031], [8, 0.001]]);
});

test("drops what costs the same and loses more, or costs more and loses the same", () => {
  expect(front([[1, 5], [1, 4], [2, 4], [3, 3]])).toEqual([[1, 4], [3, 3]]);
});

test("keeps equals and takes nothing as an empty front", () => {
  expect(front([[1, 1], [1, 1]])).toHaveLength(2);
  expect(front([])).toEqual([]);
});
