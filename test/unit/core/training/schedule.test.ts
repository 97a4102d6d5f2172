import { describe, expect, it } from "vitest";
import { EarlyStopping } from "../../../../src/core/training/earlyStopping";
import { learningRateAt, rewarmed } from "../../../../src/core/training/learningRate";

describe("learning rate", () => {
  const schedule = { peak: 1, warmUp: 4, steps: 13, final: 0.2 };

  it("grows evenly, is highest after the warm-up, half-way down in the middle, and what is left at the end", () => {
    expect([0, 1, 2, 3].map((step) => learningRateAt(step, schedule))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(learningRateAt(4, schedule)).toBe(1);
    expect(learningRateAt(8, schedule)).toBeCloseTo(0.6, 12);
    expect(learningRateAt(12, schedule)).toBeCloseTo(0.2, 12);
    expect(learningRateAt(50, schedule)).toBeCloseTo(0.2, 12);
  });

  it("without a warm-up begins at the peak", () => {
    expect(learningRateAt(0, { ...schedule, warmUp: 0 })).toBe(1);
  });

  it("is warmed up again where a training went on", () => {
    expect(rewarmed(1, 100, 100)).toBeCloseTo(1 / 20);
    expect(rewarmed(1, 119, 100)).toBe(1);
    expect(rewarmed(1, 500, 100)).toBe(1);
    expect(rewarmed(1, 0, 0)).toBe(1);
  });
});

describe("early stopping", () => {
  it("stops after so many validations without a better loss", () => {
    const stopping = new EarlyStopping(2);
    expect([3, 2, 2.5, 1.9, 1.9, 2].map((loss) => stopping.validated(loss))).toEqual(["best", "best", "worse", "best", "worse", "stop"]);
    expect(stopping.state).toEqual({ best: 1.9, since: 2 });
  });

  it("goes on from a state", () => {
    expect(new EarlyStopping(3, { best: 1, since: 2 }).validated(1)).toBe("stop");
    expect(new EarlyStopping(3, { best: 1, since: 2 }).validated(0.9)).toBe("best");
  });
});
