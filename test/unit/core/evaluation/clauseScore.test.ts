import { describe, expect, it } from "vitest";
import { addClauses, clauseF1, countClauses, noClauses } from "../../../../src/core/evaluation/clauseScore";

const finding = (category: string, start: number, end: number) => ({ category, start, end, probability: 1 });

describe("clause F1", () => {
  it("counts a finding as right when it overlaps a place of its own category", () => {
    const counts = countClauses(
      [finding("Term", 0, 10), finding("Term", 50, 60), finding("Price", 0, 10)],
      { Term: [[9, 20], [30, 40]], Law: [[0, 100]] },
    );
    expect(counts).toEqual({ found: 3, right: 1, labelled: 3, hit: 1 });
    // precision 1/3, recall 1/3
    expect(clauseF1(counts)).toBeCloseTo(1 / 3, 12);
  });
  it("does not take touching for overlapping", () => {
    expect(countClauses([finding("Term", 0, 10)], { Term: [[10, 20]] }).right).toBe(0);
  });
  it("adds documents up before it divides", () => {
    const one = countClauses([finding("Term", 0, 10)], { Term: [[0, 10]] });
    const two = countClauses([], { Term: [[0, 10], [20, 30]] });
    // precision 1/1, recall 1/3: 2·(1/3) / (4/3)
    expect(clauseF1(addClauses(one, two))).toBeCloseTo(0.5, 12);
  });
  it("is zero for nothing", () => {
    expect(clauseF1(noClauses)).toBe(0);
  });
});
