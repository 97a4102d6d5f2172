import { isCancellation, sentenceOf } from "../../protocol/humanError";
import type { StepEstimate } from "../../protocol/recipe";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";

/** Milliseconds without another edit after which a recipe is estimated. */
const usualWait = 400;

/** What the steps of a recipe would give and cost, computed anew after edits; of two questions only the later one is answered. */
export class LabEstimates {
  #values: readonly StepEstimate[] = [];
  #problem: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cancellation = new CancellationTokenSource();

  constructor(
    private readonly estimate: (token: CancellationToken) => Promise<readonly StepEstimate[]>,
    private readonly changed: () => void,
    private readonly wait = usualWait,
  ) {}

  /** By step; shorter than the recipe while the rest is computed. */
  get values(): readonly StepEstimate[] {
    return this.#values;
  }

  /** Why nothing could be estimated, in a sentence. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Computes them soon; the first `kept` are shown until then. */
  request(kept = 0): void {
    this.stop();
    this.#problem = undefined;
    this.#values = this.#values.slice(0, kept);
    this.#timer = setTimeout(() => void this.#compute(), this.wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#cancellation.cancel();
    this.#cancellation = new CancellationTokenSource();
  }

  async #compute(): Promise<void> {
    const { token } = this.#cancellation;
    try {
      const values = await this.estimate(token);
      if (token.isCancellationRequested) return;
      this.#values = values;
    } catch (error) {
      if (token.isCancellationRequested || isCancellation(error)) return;
      this.#problem = sentenceOf(error);
    }
    this.changed();
  }
}
