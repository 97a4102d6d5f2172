/** Of the validations so far. */
export interface StoppingState {
  readonly best: number;
  /** Validations since the best one. */
  readonly since: number;
}

/** Tells when the validation loss (nats per token) has not fallen for `patience` validations, and which one was the best. */
export class EarlyStopping {
  #best: number;
  #since: number;

  constructor(private readonly patience: number, { best, since }: StoppingState = { best: Infinity, since: 0 }) {
    this.#best = best;
    this.#since = since;
  }

  get state(): StoppingState {
    return { best: this.#best, since: this.#since };
  }

  validated(loss: number): "best" | "worse" | "stop" {
    if (loss < this.#best) {
      this.#best = loss;
      this.#since = 0;
      return "best";
    }
    this.#since++;
    return this.#since >= this.patience ? "stop" : "worse";
  }
}
