import { learningRateAt, rewarmed } from "../../core/training/learningRate";
import { Random } from "../../core/training/random";
import type { TrainSettings } from "../../protocol/compression";

/** What numbers are drawn for. */
const drawing = { order: 1, labels: 2 } as const;

/** What each step of a training learns from, and how fast: all of it follows from the settings and the number of the step. */
export class StepPlan {
  readonly steps: number;
  #order: { readonly epoch: number; readonly list: readonly number[] } = { epoch: -1, list: [] };

  /** `resumedAt`: the step that it goes on from, 0 for a new one. */
  constructor(private readonly settings: TrainSettings, private readonly sequences: number, private readonly resumedAt: number) {
    this.steps = settings.epochs * sequences;
  }

  epochOf(step: number): number {
    return Math.min(Math.floor(step / this.sequences), this.settings.epochs - 1);
  }

  /** Every sequence once in each epoch, in an order of its own. */
  sequenceOf(step: number): number {
    const epoch = this.epochOf(step);
    if (this.#order.epoch !== epoch) this.#order = { epoch, list: Random.of(this.settings.seed, drawing.order, epoch).order(this.sequences) };
    return this.#order.list[step % this.sequences]!;
  }

  /** For the labels that are drawn in a step. */
  randomOf(step: number): Random {
    return Random.of(this.settings.seed, drawing.labels, step);
  }

  learningRateOf(step: number): number {
    const { learningRate: peak, warmUp, finalRate } = this.settings;
    const rate = learningRateAt(step, { peak, warmUp: Math.round(warmUp * this.steps), steps: this.steps, final: finalRate });
    // ggml asserts that it is more than 0.
    return Math.max(1e-12, rewarmed(rate, step, this.resumedAt));
  }
}
