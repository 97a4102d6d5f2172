import { describe, expect, it } from "vitest";
import { indexOfLargest, klDivergence, logSoftmax } from "../../../../src/core/evaluation/logSoftmax";
import { HumanError } from "../../../../src/protocol/humanError";

const ln = (...probabilities: number[]): Float64Array => Float64Array.from(probabilities, Math.log);

describe("log-softmax", () => {
  it("turns logits ln 1, ln 2, ln 5 into probabilities 1/8, 2/8, 5/8", () => {
    const out = new Float64Array(3);
    const top = logSoftmax(Float32Array.of(Math.log(1), Math.log(2), Math.log(5)), out);
    expect(top).toBe(2);
    expect([...out].map(Math.exp)).toEqual([expect.closeTo(0.125, 6), expect.closeTo(0.25, 6), expect.closeTo(0.625, 6)]);
  });

  it("stays finite where a plain exponential overflows or vanishes", () => {
    const out = new Float64Array(2);
    logSoftmax(Float32Array.of(10_000, 10_000), out);
    expect([...out]).toEqual([expect.closeTo(-Math.LN2, 12), expect.closeTo(-Math.LN2, 12)]);
    logSoftmax(Float32Array.of(-10_000, -10_001), out);
    expect(out[0]).toBeCloseTo(-Math.log(1 + Math.exp(-1)), 9);
  });

  it("works in place", () => {
    const row = Float32Array.of(0, 0);
    logSoftmax(row, row);
    expect(row[1]).toBeCloseTo(-Math.LN2, 6);
  });

  it.each([[Number.NaN, 1], [1, Number.NaN], [Number.POSITIVE_INFINITY, 1]])("refuses logits %d, %d with a sentence", (a, b) => {
    expect(() => logSoftmax(Float32Array.of(a, b), new Float32Array(2))).toThrow(HumanError);
  });

  it("takes the first of equal logits", () => {
    expect(indexOfLargest(Float32Array.of(1, 3, 3))).toBe(1);
  });
});

describe("KL divergence", () => {
  it("of (1/4, 3/4) from (1/2, 1/2) is ln 2 − ½ ln 3", () => {
    expect(klDivergence(ln(0.5, 0.5), ln(0.25, 0.75))).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 12);
  });

  it("is zero for equal distributions and never negative", () => {
    expect(klDivergence(ln(0.2, 0.8), ln(0.2, 0.8))).toBe(0);
    expect(klDivergence(ln(0.9, 0.1), ln(0.1, 0.9))).toBeCloseTo(0.8 * Math.log(9), 12);
  });

  it("leaves out what the base thinks impossible", () => {
    expect(klDivergence(Float64Array.of(0, -1000), Float64Array.of(Math.log(0.5), Math.log(0.5)))).toBeCloseTo(Math.LN2, 12);
  });
});
