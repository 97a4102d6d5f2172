import type { MeasuredRow } from "../../protocol/model";
import { klDivergence, logProbability, type Prediction } from "./prediction";
import { perplexityOf, quantile, RunningMean } from "./statistics";

/** How well a model foretells a text, position by position, and how far a variant strays from its base. */
export class Score {
  readonly #nll = new RunningMean();
  readonly #kl = new RunningMean();
  readonly #divergences: number[] = [];
  #agreements = 0;

  /** `next` is the token that really follows. The base is scored without a second prediction. */
  add(next: number, own: Prediction, base?: Prediction): void {
    this.#nll.add(-logProbability(own, next));
    if (!base) return;
    const divergence = klDivergence(base, own);
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
