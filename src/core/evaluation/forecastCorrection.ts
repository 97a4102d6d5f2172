import type { Forecast } from "../../protocol/panels";

/** A foretold value and what was measured instead. Both positive. */
export interface Observation {
  readonly foretold: number;
  readonly measured: number;
}

/** How far foretold values stray, as standard deviations of the logarithm of measured / foretold. */
export interface Spread {
  /** What all versions of one model have in common: models differ in how much an error costs them. */
  readonly common: number;
  /** What near values have in common, and over how large a ratio of values (e-folds) that fades. */
  readonly near: number;
  readonly reach: number;
  /** What each has for itself. */
  readonly own: number;
}

/** 80 % of a normal distribution lie within this many standard deviations. */
const fourInFive = 1.2816;

/**
 * Corrects foretold values by those that were measured: a Gaussian process over the logarithm of the ratio
 * (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1), whose covariance of two values
 * is common² + near²·exp(−(ln a − ln b)² / 2·reach²). Without observations the foretold value stands, with the widest interval.
 */
export class ForecastCorrection {
  readonly #places: readonly number[];
  readonly #factor: readonly (readonly number[])[];
  readonly #weights: readonly number[];

  constructor(
    private readonly spread: Spread,
    observations: readonly Observation[],
  ) {
    const usable = observations.filter(({ foretold, measured }) => foretold > 0 && measured > 0);
    this.#places = usable.map(({ foretold }) => Math.log(foretold));
    const covariance = this.#places.map((a, i) => this.#places.map((b, j) => this.#covariance(a, b) + (i === j ? spread.own ** 2 : 0)));
    this.#factor = cholesky(covariance);
    const ratios = usable.map(({ foretold, measured }) => Math.log(measured / foretold));
    this.#weights = solveTransposed(this.#factor, solve(this.#factor, ratios));
  }

  forecast(foretold: number): Forecast {
    const place = Math.log(foretold);
    const shared = this.#places.map((other) => this.#covariance(place, other));
    const mean = dot(shared, this.#weights);
    const explained = solve(this.#factor, shared);
    const variance = this.#covariance(place, place) + this.spread.own ** 2 - dot(explained, explained);
    const margin = fourInFive * Math.sqrt(Math.max(0, variance));
    return { value: foretold * Math.exp(mean), low: foretold * Math.exp(mean - margin), high: foretold * Math.exp(mean + margin) };
  }

  #covariance(a: number, b: number): number {
    const { common, near, reach } = this.spread;
    return common ** 2 + near ** 2 * Math.exp(-((a - b) ** 2) / (2 * reach ** 2));
  }
}

/** Lower triangle L with L·Lᵀ = matrix, which is symmetric and positive definite. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const factor: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const own: number[] = [];
    for (let j = 0; j <= i; j++) {
      const rest = (row[j] ?? 0) - dot(own, factor[j] ?? own);
      own.push(i === j ? Math.sqrt(rest) : rest / (factor[j]?.[j] ?? 1));
    }
    factor.push(own);
  }
  return factor;
}

/** x with L·x = b. */
function solve(factor: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x: number[] = [];
  for (const [i, row] of factor.entries()) x.push(((b[i] ?? 0) - dot(x, row)) / (row[i] ?? 1));
  return x;
}

/** x with Lᵀ·x = b. */
function solveTransposed(factor: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x = [...b];
  for (let i = x.length - 1; i >= 0; i--) {
    let rest = x[i] ?? 0;
    for (let j = i + 1; j < x.length; j++) rest -= (factor[j]?.[i] ?? 0) * (x[j] ?? 0);
    x[i] = rest / (factor[i]?.[i] ?? 1);
  }
  return x;
}

/** Over the length of the shorter one. */
function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
