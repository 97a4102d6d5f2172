/**
 * Relative squared error of restored weights: Σ a·(w − q)² / Σ a·w², where a is the importance of the weight's column, or 1.
 * 0 where all weights are 0. Rows lie one after the other; `importance` has one number for each column. Throws a
 * RangeError when the weights are no whole rows of so many columns.
 */
export class RelativeError {
  #error = 0;
  #power = 0;

  add(weights: Float32Array, restored: Float32Array, importance?: Float32Array): void {
    const columns = importance?.length ?? weights.length;
    // Also true of 0 columns: the remainder is not a number then.
    if (importance && weights.length % columns !== 0) throw new RangeError(`${weights.length} weights are no rows of ${columns} columns.`);
    for (let start = 0; start < weights.length; start += columns) {
      for (let column = 0; column < columns; column++) {
        const weight = weights[start + column] ?? 0;
        const lost = weight - (restored[start + column] ?? 0);
        const a = importance?.[column] ?? 1;
        this.#error += a * lost * lost;
        this.#power += a * weight * weight;
      }
    }
  }

  get value(): number {
    return this.#power > 0 ? this.#error / this.#power : 0;
  }
}

/** `count` of `rows` row numbers at even distances, the middle of each stretch; all of them when there are no more. */
export function evenRows(rows: number, count: number): readonly number[] {
  const taken = Math.max(1, Math.min(rows, Math.floor(count)));
  return Array.from({ length: taken }, (_, index) => Math.floor(((index + 0.5) * rows) / taken));
}
