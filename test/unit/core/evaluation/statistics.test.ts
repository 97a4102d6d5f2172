import { describe, expect, it } from "vitest";
import { predictionOf } from "../../../../src/core/evaluation/prediction";
import { Score } from "../../../../src/core/evaluation/score";
import { perplexityOf, quantile, RunningMean } from "../../../../src/core/evaluation/statistics";

function meanOf(...values: number[]): RunningMean {
  const mean = new RunningMean();
  for (const value of values) mean.add(value);
  return mean;
}

describe("running mean", () => {
  it("of 1, 2, 3, 4 is 2.5 with error sqrt(1.25 / 3)", () => {
    expect(meanOf(1, 2, 3, 4).estimate).toEqual({ value: 2.5, error: expect.closeTo(Math.sqrt(1.25 / 3), 12) });
  });

  it("knows nothing before the first value and no error before the second", () => {
    expect(meanOf().estimate).toEqual({ value: 0, error: 0 });
    expect(meanOf(7).estimate).toEqual({ value: 7, error: 0 });
  });

  it("keeps its error where sums of squares cancel", () => {
    expect(meanOf(1e9 + 1, 1e9 + 2, 1e9 + 3).estimate.error).toBeCloseTo(Math.sqrt(2 / 3 / 2), 9);
  });
});

describe("perplexity", () => {
  it("of a model that gives every token 1/8 is 8", () => {
    expect(perplexityOf(meanOf(Math.log(8), Math.log(8)).estimate)).toEqual({ value: expect.closeTo(8, 12), error: 0 });
  });

  it("of two tokens with 1/2 and 1/8 is 4, its error 4 ln 2", () => {
    const { value, error } = perplexityOf(meanOf(Math.log(2), Math.log(8)).estimate);
    expect(value).toBeCloseTo(4, 12);
    // mean square deviation (ln 2)², over n − 1 = 1
    expect(error).toBeCloseTo(4 * Math.LN2, 12);
  });
});

describe("quantile", () => {
  const values = Float64Array.of(1, 2, 3, 10);
  it.each([[0, 1], [0.5, 2.5], [1, 10], [0.99, 3 + 0.97 * 7]])("at %d is %d", (share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 12);
  });
  it("of one value is that value, of none zero", () => {
    expect([quantile(Float64Array.of(4), 0.99), quantile(new Float64Array(), 0.5)]).toEqual([4, 0]);
  });
});

describe("score", () => {
  const half = predictionOf(Float32Array.of(5, 5));
  const quarter = predictionOf(Float32Array.of(0, Math.log(3)));

  it("of a base has a perplexity only", () => {
    const score = new Score();
    score.add(0, quarter);
    score.add(0, quarter);
    expect(score.figures).toEqual({ perplexity: { value: expect.closeTo(4, 5), error: 0 } });
    expect(score.positions).toBe(2);
  });

  it("of a variant has divergences and agreement", () => {
    const score = new Score();
    score.add(1, half, half);
    score.add(1, quarter, half);
    const divergence = 0.5 * Math.log(4 / 3); // ½ ln(½ / ¼) + ½ ln(½ / ¾)
    expect(score.figures.top1Agreement).toBe(0.5);
    expect(score.figures.kl?.mean).toBeCloseTo(divergence / 2, 6);
    expect(score.figures.kl?.median).toBeCloseTo(divergence / 2, 6);
    expect(score.figures.kl?.p99).toBeCloseTo(0.99 * divergence, 6);
    expect(score.figures.kl?.error).toBeCloseTo(divergence / 2, 6);
    expect(score.figures.perplexity.value).toBeCloseTo(Math.sqrt(2 / 0.75), 5);
  });
});
