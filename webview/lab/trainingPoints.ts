import type { TrainPoint } from "../../src/protocol/compression";
import { formatKl } from "../format";

/** What the loss chart draws. Losses in nats per token. */
export interface LossCurve {
  readonly raw: readonly LossPoint[];
  readonly smooth: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  readonly best?: LossPoint;
  readonly rates: readonly { readonly step: number; readonly rate: number }[];
  readonly description: string;
}
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** Points drawn of one line: more would not be seen. */
const mostDrawn = 400;

export function lossCurve(points: readonly TrainPoint[]): LossCurve {
  // The point before the first step is a validation alone.
  const raw = points.filter(({ step, loss }) => step > 0 && Number.isFinite(loss)).map(({ step, loss }) => ({ step, loss }));
  const validation = points.flatMap(({ step, validation: loss }) => (loss !== undefined && Number.isFinite(loss) ? [{ step, loss }] : []));
  const best = validation.reduce<LossPoint | undefined>((least, point) => (least && least.loss <= point.loss ? least : point), undefined);
  const rates = points.map(({ step, learningRate }) => ({ step, rate: learningRate }));
  return { raw: thinned(raw), smooth: thinned(smoothed(raw)), validation, ...(best && { best }), rates: thinned(rates), description: describe(raw, validation, best) };
}

/** Exponential moving average over about an eighth of the points, at least five, corrected for its start (as Adam corrects its moments). */
export function smoothed(points: readonly LossPoint[]): readonly LossPoint[] {
  const keep = 1 - 1 / Math.max(5, points.length / 8);
  let mean = 0;
  let weight = 0;
  return points.map(({ step, loss }) => {
    mean = keep * mean + (1 - keep) * loss;
    weight = keep * weight + (1 - keep);
    return { step, loss: mean / weight };
  });
}

/** What the chart shows of the losses: all validations, and of the noisier training loss what is at most half their span away. */
export function lossRange({ smooth, validation }: Pick<LossCurve, "smooth" | "validation">): readonly [low: number, high: number] {
  const [trained, validated] = [spanOf(smooth), spanOf(validation)];
  const span = validated && validated.high - validated.low;
  const shown = !trained || !validated ? (validated ?? trained ?? { low: 0, high: 1 })
    : span ? { low: Math.min(validated.low, Math.max(trained.low, validated.low - span / 2)), high: Math.max(validated.high, Math.min(trained.high, validated.high + span / 2)) }
      : { low: Math.min(trained.low, validated.low), high: Math.max(trained.high, validated.high) };
  const air = 0.1 * (shown.high - shown.low || shown.high || 1);
  return [Math.max(0, shown.low - air), shown.high + air];
}

function spanOf(points: readonly LossPoint[]): { readonly low: number; readonly high: number } | undefined {
  const losses = points.map(({ loss }) => loss);
  return losses.length === 0 ? undefined : { low: Math.min(...losses), high: Math.max(...losses) };
}

/** Every n-th, and the last. */
export function thinned<T>(points: readonly T[], most = mostDrawn): readonly T[] {
  const every = Math.ceil(points.length / most);
  return every <= 1 ? points : points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

function describe(raw: readonly LossPoint[], validation: readonly LossPoint[], best: LossPoint | undefined): string {
  const [first, last] = [raw[0], raw.at(-1)];
  if (!first || !last) return "No step is trained yet.";
  const validated = best && validation[0] ? ` Validation loss from ${formatKl(validation[0].loss)} to its best, ${formatKl(best.loss)}, at step ${best.step}.` : "";
  return `Training loss from ${formatKl(first.loss)} at step ${first.step} to ${formatKl(last.loss)} at step ${last.step}.${validated}`;
}
