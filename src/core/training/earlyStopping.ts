/** Tells when the validation loss has not fallen by `least` for `patience` validations, and which one was the best. */
export class EarlyStopping {
  #best = Infinity;
  #since = 0;

  constructor(private readonly patience: number, private readonly least = 0) {}

  get best(): number {
    return this.#best;
  }

  /** "best" asks for a checkpoint, "stop" for the end; nats per token. A loss that is none stops at once. */
  validated(loss: number): "best" | "worse" | "stop" {
    if (!Number.isFinite(loss)) return "stop";
    if (loss < this.#best - this.least) {
      this.#best = loss;
      this.#since = 0;
      return "best";
    }
    this.#since++;
    return this.#since >= this.patience ? "stop" : "worse";
  }
}
