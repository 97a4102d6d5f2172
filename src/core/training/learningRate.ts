export interface LearningRate {
  /** The highest one, reached when the warm-up ends. */
  readonly peak: number;
  /** Steps of linear growth from 0. */
  readonly warmUp: number;
  /** Steps in all; the last one has `final` times the peak. */
  readonly steps: number;
  readonly final: number;
}

/** Learning rate of a step, counted from 0: linear warm-up, then cosine decay (Loshchilov and Hutter, arXiv 1608.03983, without restarts). */
export function learningRateAt(step: number, { peak, warmUp, steps, final }: LearningRate): number {
  if (step < warmUp) return (peak * (step + 1)) / warmUp;
  const way = Math.min(1, (step - warmUp) / Math.max(1, steps - 1 - warmUp));
  return peak * (final + (1 - final) * 0.5 * (1 + Math.cos(Math.PI * way)));
}

/** Steps after which Adam's moments, which no checkpoint keeps, are good again. */
const rewarming = 20;

/** What is left of the rate of a step in a training that went on at `resumedAt` with moments of 0. */
export function rewarmed(rate: number, step: number, resumedAt: number): number {
  return resumedAt === 0 ? rate : rate * Math.min(1, (step - resumedAt + 1) / rewarming);
}
