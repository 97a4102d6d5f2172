import type { TrainPoint } from "../../protocol/compression";

/** Points of a loss chart, at most, those of validations apart. */
const mostPoints = 300;

/** The losses of a training as points of a chart; each is the mean of the steps since the one before. */
export class LossCurve {
  readonly #points: TrainPoint[];
  readonly #every: number;
  #losses: number[] = [];
  #told = 0;

  constructor(steps: number, resumed: readonly TrainPoint[] = []) {
    this.#every = Math.max(1, Math.ceil(steps / mostPoints));
    this.#points = [...resumed];
  }

  get points(): readonly TrainPoint[] {
    return this.#points;
  }

  /** Where the curve starts: nothing is learnt yet. */
  begin(validation: number): void {
    this.#points.push({ step: 0, loss: validation, validation, learningRate: 0 });
  }

  note(step: number, loss: number, learningRate: number): void {
    this.#losses.push(loss);
    if (step % this.#every === 0) this.#point(step, learningRate);
  }

  validated(step: number, validation: number, learningRate: number): void {
    const last = this.#points.at(-1);
    if (this.#losses.length > 0 || last?.step !== step) this.#point(step, learningRate, validation);
    else this.#points[this.#points.length - 1] = { ...last, validation };
    this.#told = Math.min(this.#told, this.#points.length - 1);
  }

  /** Points that are new, or have changed, since this was last asked. */
  news(): readonly TrainPoint[] {
    const news = this.#points.slice(this.#told);
    this.#told = this.#points.length;
    return news;
  }

  #point(step: number, learningRate: number, validation?: number): void {
    if (this.#losses.length === 0) return;
    const loss = this.#losses.reduce((sum, one) => sum + one, 0) / this.#losses.length;
    this.#losses = [];
    this.#points.push({ step, loss, learningRate, ...(validation !== undefined && { validation }) });
  }
}
