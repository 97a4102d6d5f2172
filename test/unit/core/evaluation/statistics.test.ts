import { describe, expect, it } from "vitest";
import { mergeScores, Score } from "../../../../src/core/evaluation/score";
import { perplexityOf, quantile, RunningMean } from "../../../../src/core/evaluation/statistics";
import type { ScoreState } from "../../../../src/protocol/model";

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

describe("merging", () => {
  it("of 1, 2 and 3, 4, 5 is the mean of all five", () => {
    const mean = meanOf(1, 2);
    mean.merge(meanOf(3, 4, 5));
    // mean 3; squares 0.5 + 2 + (4 − 1.5)² · 2 · 3 / 5 = 10
    expect([mean.count, mean.mean, mean.squares]).toEqual([5, 3, 10]);
  });

  it("with nothing changes nothing, on either side", () => {
    const mean = meanOf(1, 2, 6);
    mean.merge(meanOf());
    const empty = meanOf();
    empty.merge(mean);
    for (const { count, mean: value, squares } of [mean, empty]) expect([count, value, squares]).toEqual([3, 3, 14]);
  });
});

describe("score", () => {
  it("of a base has a perplexity only", () => {
    const score = new Score();
    score.add(Math.log(4));
    score.add(Math.log(4));
    expect(score.figures).toEqual({ perplexity: { value: expect.closeTo(4, 12), error: 0 } });
    expect(score.positions).toBe(2);
  });

  it("of a variant has divergences and agreement", () => {
    const score = new Score();
    score.add(Math.log(2), { divergence: 0, sameTop: true });
    score.add(Math.log(4), { divergence: 0.2, sameTop: false });
    expect(score.figures).toEqual({
      perplexity: { value: expect.closeTo(Math.sqrt(8), 12), error: expect.any(Number) },
      kl: { mean: 0.1, error: expect.closeTo(0.1, 12), median: 0.1, p99: expect.closeTo(0.198, 12) },
      top1Agreement: 0.5,
    });
  });

  const half: ScoreState = { positions: 2, nllMean: 1, nllSquares: 0.5, divergences: [0.1, 0.3], agreements: 1 };
  const rest: ScoreState = { positions: 1, nllMean: 4, nllSquares: 0, divergences: [0.2], agreements: 1 };

  it("of two parts is that of the whole", () => {
    // mean (1 · 2 + 4) / 3 = 2, squares 0.5 + 0 + (4 − 1)² · 2 · 1 / 3 = 6.5
    expect(mergeScores(half, rest)).toEqual({ positions: 3, nllMean: 2, nllSquares: 6.5, divergences: [0.1, 0.3, 0.2], agreements: 2 });
  });

  it("goes on from a state as if it had never stopped", () => {
    const score = new Score();
    score.merge(half);
    score.merge(rest);
    expect(score.figures).toEqual({
      perplexity: { value: expect.closeTo(Math.exp(2), 12), error: expect.closeTo(Math.exp(2) * Math.sqrt(6.5 / 3 / 2), 12) },
      kl: { mean: expect.closeTo(0.2, 12), error: expect.closeTo(Math.sqrt(0.02 / 3 / 2), 12), median: 0.2, p99: expect.closeTo(0.298, 12) },
      top1Agreement: 2 / 3,
    });
  });

  it("keeps its state apart from what comes later", () => {
    const score = new Score();
    score.merge(half);
    const before = score.state;
    score.add(3, { divergence: 9, sameTop: false });
    expect(before).toEqual(half);
  });
});
