import { blockSize } from "../conversion/gptq/blocks";
import type { Feedback } from "./feedback";
import type { Multiplier, NewMultiplier } from "./multiplier";

/** Rows that are looked at together. */
export const mostRows = 128;

/** What the errors of earlier columns ask of the next ones, in many rows at once. */
export class LookBack {
  readonly #multiplier: Multiplier;
  readonly #panel: Float32Array;
  readonly #asked: Float32Array;
  readonly #room: Float32Array;

  constructor(newMultiplier: NewMultiplier, private readonly feedback: Feedback) {
    const { columns } = feedback;
    this.#multiplier = newMultiplier((mostRows + blockSize) * columns + mostRows * blockSize);
    this.#panel = this.#multiplier.room(blockSize * columns);
    this.#asked = this.#multiplier.room(mostRows * blockSize);
    this.#room = this.#multiplier.room(mostRows * columns);
  }

  /** A copy of rows, at most `mostRows` of them: their errors are written over their weights. */
  take(rows: Float32Array): Float32Array {
    const own = this.#room.subarray(0, rows.length);
    own.set(rows);
    return own;
  }

  /** Σ F[c][k]·e[k] over k < first for each of the 32 columns c from `first` on, for each row that was taken. */
  asked(first: number): Float32Array {
    const { factors, columns } = this.feedback;
    for (let column = 0; column < blockSize; column++) {
      const start = (first + column) * columns;
      this.#panel.set(factors.subarray(start, start + first), column * columns);
    }
    this.#multiplier.multiply(this.#room, this.#panel, this.#asked, first, columns);
    return this.#asked;
  }
}
