import { describe, expect, it } from "vitest";
import { ForecastCorrection } from "../../../../src/core/evaluation/forecastCorrection";

const spread = { common: 0.6, near: 0.3, reach: 1, own: 0.2 };

describe("forecast correction", () => {
  it("leaves a foretold value as it is before anything was measured", () => {
    const { value, low, high } = new ForecastCorrection(spread, []).forecast(0.01);
    expect(value).toBeCloseTo(0.01, 12);
    // sqrt(0.36 + 0.09 + 0.04) = 0.7; exp(1.2816 × 0.7) = 2.4526
    expect(high / value).toBeCloseTo(2.4526, 3);
    expect(value / low).toBeCloseTo(2.4526, 3);
  });

  it("moves towards one measurement by the share of the spread that it explains", () => {
    const correction = new ForecastCorrection(spread, [{ foretold: 0.01, measured: 0.02 }]);
    // At the same place: 0.45 / 0.49 of ln 2.
    expect(Math.log(correction.forecast(0.01).value / 0.01)).toBeCloseTo((0.45 / 0.49) * Math.LN2, 10);
    // Far away only the common part is left: 0.36 / 0.49.
    expect(Math.log(correction.forecast(1e-9).value / 1e-9)).toBeCloseTo((0.36 / 0.49) * Math.LN2, 6);
  });

  it("narrows the interval with what it knows", () => {
    const width = (n: number): number => {
      const observations = Array.from({ length: n }, (_, index) => ({ foretold: 0.001 * 3 ** index, measured: 0.002 * 3 ** index }));
      const { low, high } = new ForecastCorrection(spread, observations).forecast(0.01);
      return Math.log(high / low);
    };
    expect(width(1)).toBeLessThan(width(0));
    expect(width(4)).toBeLessThan(width(1));
    // Never below what each value has for itself.
    expect(width(6)).toBeGreaterThan(2 * 1.2816 * 0.2);
  });

  it("reproduces a ratio that all share", () => {
    const observations = [0.001, 0.01, 0.1].map((foretold) => ({ foretold, measured: 1.5 * foretold }));
    const { value } = new ForecastCorrection(spread, observations).forecast(0.03);
    expect(value / 0.03).toBeGreaterThan(1.4);
    expect(value / 0.03).toBeLessThan(1.5);
  });

  it("passes over values that have no logarithm", () => {
    expect(new ForecastCorrection(spread, [{ foretold: 0.01, measured: 0 }, { foretold: 0, measured: 1 }]).forecast(0.01).value).toBeCloseTo(0.01, 12);
  });
});
