import { describe, expect, it } from "vitest";
import { indexOfLargest, klDivergence, logProbability, type Prediction, predictionOf } from "./plainLogits";
import { HumanError } from "../../src/protocol/humanError";

/** A prediction of these probabilities, which need not add up to one. */
const odds = (...weights: number[]): Prediction => predictionOf(Float32Array.from(weights, Math.log));

describe("prediction", () => {
  it("turns logits ln 1, ln 2, ln 5 into probabilities 1/8, 2/8, 5/8", () => {
    const prediction = odds(1, 2, 5);
    expect(prediction.top).toBe(2);
    expect([0, 1, 2].map((token) => Math.exp(logProbability(prediction, token)))).toEqual([0.125, 0.25, 0.625].map((p) => expect.closeTo(p, 6)));
  });

  it("stays finite where a plain exponential overflows or vanishes", () => {
    expect(logProbability(predictionOf(Float32Array.of(10_000, 10_000)), 1)).toBeCloseTo(-Math.LN2, 9);
    expect(logProbability(predictionOf(Float32Array.of(-10_000, -10_001)), 0)).toBeCloseTo(-Math.log(1 + Math.exp(-1)), 9);
  });

  it("allows tokens that a model rules out", () => {
    expect(logProbability(predictionOf(Float32Array.of(3, Number.NEGATIVE_INFINITY)), 0)).toBe(0);
  });

  it.each([[Number.NaN, 1], [1, Number.NaN], [Number.POSITIVE_INFINITY, 1]])("refuses logits %d, %d with a sentence", (a, b) => {
    expect(() => predictionOf(Float32Array.of(a, b))).toThrow(HumanError);
  });

  it("takes the first of equal logits", () => {
    expect(indexOfLargest(Float32Array.of(1, 3, 3))).toBe(1);
  });
});

describe("KL divergence", () => {
  it("of (1/4, 3/4) from (1/2, 1/2) is ½ ln 2 + ½ ln ⅔", () => {
    expect(klDivergence(odds(1, 1), odds(1, 3))).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
  });

  it("of (1/10, 9/10) from (9/10, 1/10) is 0.8 ln 9", () => {
    expect(klDivergence(odds(9, 1), odds(1, 9))).toBeCloseTo(0.8 * Math.log(9), 6);
  });

  it("is zero for equal distributions, whatever constant their logits differ by", () => {
    expect(klDivergence(predictionOf(Float32Array.of(1, 2)), predictionOf(Float32Array.of(1, 2)))).toBe(0);
    expect(klDivergence(predictionOf(Float32Array.of(1, 2)), predictionOf(Float32Array.of(5, 6)))).toBeCloseTo(0, 12);
  });

  it("sees differences far below single precision's", () => {
    // Both are nearly even: KL ≈ δ²/8 for logits (0, δ) against (0, 0), here 1.25e-9.
    expect(klDivergence(predictionOf(Float32Array.of(0, 0)), predictionOf(Float32Array.of(0, 1e-4))) * 1e9).toBeCloseTo(1.25, 4);
  });

  it("leaves out what the base thinks impossible", () => {
    expect(klDivergence(predictionOf(Float32Array.of(0, -1000)), odds(1, 1))).toBeCloseTo(Math.LN2, 9);
  });
});
