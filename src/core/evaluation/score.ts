import type { MeasuredRow } from "../../protocol/model";
import { klDivergence } from "./logSoftmax";
import { perplexityOf, quantile, RunningMean } from "./statistics";

/** A model's log-probabilities at one position, and the index of its most likely token. */
export interface Prediction {
  readonly logProbabilities: Float32Array;
  readonly top: number;
}

/** How well a model foretells a text, position by position, and how far a variant strays from its base. */
export class Score {
  readonly #nll = new RunningMean();
  readonly #kl = new RunningMean();
  readonly #divergences: number[] = [];
  #agreements = 0;

  /** `next` is the token that really follows. The base is scored without a second prediction. */
  add(next: number, own: Prediction, base?: Prediction): void {
    this.#nll.add(-(own.logProbabilities[next] ?? Number.NaN));
    if (!base) return;
    const divergence = klDivergence(base.logProbabilities, own.logProbabilities);
    this.#kl.add(divergence);
    this.#divergences.push(divergence);
    if (own.top === base.top) this.#agreements++;
  }

  get positions(): number {
    return this.#nll.count;
  }

  get figures(): Pick<MeasuredRow, "perplexity" | "kl" | "top1Agreement"> {
    const perplexity = perplexityOf(this.#nll.estimate);
    if (this.#divergences.length === 0) return { perplexity };
    const sorted = Float64Array.from(this.#divergences).sort();
    const { value: mean, error } = this.#kl.estimate;
    return {
      perplexity,
      kl: { mean, error, median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
      top1Agreement: this.#agreements / sorted.length,
    };
  }
}
