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
  const raw = points.filter(({ loss }) => Number.isFinite(loss)).map(({ step, loss }) => ({ step, loss }));
  const validation = points.flatMap(({ step, validation: loss }) => (loss !== undefined && Number.isFinite(loss) ? [{ step, loss }] : []));
  const best = validation.reduce<LossPoint | undefined>((least, point) => (least && least.loss <= point.loss ? least : point), undefined);
  const rates = points.map(({ step, learningRate }) => ({ step, rate: learningRate }));
  return { raw: thinned(raw), smooth: thinned(smoothed(raw)), validation, ...(best && { best }), rates: thinned(rates), description: describe(raw, validation, best) };
}

/** Exponential moving average over about a twentieth of the points, corrected for its start (as Adam corrects its moments). */
export function smoothed(points: readonly LossPoint[]): readonly LossPoint[] {
  const keep = 1 - 1 / Math.max(1, points.length / 20);
  let mean = 0;
  let weight = 0;
  return points.map(({ step, loss }) => {
    mean = keep * mean + (1 - keep) * loss;
    weight = keep * weight + (1 - keep);
    return { step, loss: mean / weight };
  });
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
