import type { Estimate } from "../../protocol/model";

/** Number of values, their mean, and the sum of squared deviations from it. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/**
 * Mean and standard error of the mean over values that arrive one by one (Welford's recurrence, which does not
 * cancel as sums of squares do). The error is sqrt(mean square deviation / (n − 1)), as llama-perplexity has it.
 */
export class RunningMean implements Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#mean;
  }

  get squares(): number {
    return this.#squares;
  }

  add(value: number): void {
    this.#count++;
    const deviation = value - this.#mean;
    this.#mean += deviation / this.#count;
    this.#squares += deviation * (value - this.#mean);
  }

  /** Adds values that were summed up elsewhere (Chan, Golub, LeVeque 1979, the pairwise update). */
  merge(other: Moments): void {
    if (other.count === 0) return;
    const count = this.#count + other.count;
    const distance = other.mean - this.#mean;
    this.#squares += other.squares + (distance * distance * this.#count * other.count) / count;
    this.#mean += (distance * other.count) / count;
    this.#count = count;
  }

  /** Zero before the first value; no error is known before the second. */
  get estimate(): Estimate {
    if (this.#count < 2) return { value: this.#mean, error: 0 };
    return { value: this.#mean, error: Math.sqrt(this.#squares / this.#count / (this.#count - 1)) };
  }
}

/** exp of a mean negative log-likelihood; the error follows by the derivative of exp. */
export function perplexityOf(nll: Estimate): Estimate {
  const value = Math.exp(nll.value);
  return { value, error: value * nll.error };
}

/**
 * The value below which a share of the sorted values lies, between neighbours by straight line, as
 * llama-perplexity has it. 0 for no values.
 */
export function quantile(sorted: Float64Array, share: number): number {
  const place = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (place - below) * (high - low);
}
