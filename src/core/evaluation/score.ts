import type { MeasuredRow, ScoreState } from "../../protocol/model";
import { perplexityOf, quantile, RunningMean } from "./statistics";

/** A position of a variant, seen beside the same position of its base. */
export interface Comparison {
  /** KL divergence from the base, nats. */
  readonly divergence: number;
  /** The most likely token is the base's. */
  readonly sameTop: boolean;
}

/** How well a model foretells a text, position by position, and how far a variant strays from its base. */
export class Score {
  readonly #nll = new RunningMean();
  readonly #divergences: number[] = [];
  #agreements = 0;

  /** `nll` is the negative log-likelihood of the token that really follows. The base is scored without a comparison. */
  add(nll: number, comparison?: Comparison): void {
    this.#nll.add(nll);
    if (!comparison) return;
    this.#divergences.push(comparison.divergence);
    if (comparison.sameTop) this.#agreements++;
  }

  /** Adds other positions of the same model. The same states merged in the same order give the same figures to the last bit. */
  merge({ positions, nllMean, nllSquares, divergences, agreements }: ScoreState): void {
    this.#nll.merge({ count: positions, mean: nllMean, squares: nllSquares });
    for (const divergence of divergences) this.#divergences.push(divergence);
    this.#agreements += agreements;
  }

  get positions(): number {
    return this.#nll.count;
  }

  get state(): ScoreState {
    const { count, mean, squares } = this.#nll;
    return { positions: count, nllMean: mean, nllSquares: squares, divergences: [...this.#divergences], agreements: this.#agreements };
  }

  get figures(): Pick<MeasuredRow, "perplexity" | "kl" | "top1Agreement"> {
    const perplexity = perplexityOf(this.#nll.estimate);
    if (this.#divergences.length === 0) return { perplexity };
    const mean = new RunningMean();
    for (const divergence of this.#divergences) mean.add(divergence);
    const sorted = Float64Array.from(this.#divergences).sort();
    const { value, error } = mean.estimate;
    return {
      perplexity,
      kl: { mean: value, error, median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
      top1Agreement: this.#agreements / sorted.length,
    };
  }
}

/** One state of the positions of both. */
export function mergeScores(first: ScoreState, second: ScoreState): ScoreState {
  const score = new Score();
  score.merge(first);
  score.merge(second);
  return score.state;
}
