/**
 * Block Influence: 1 − the mean cosine of a position's hidden state before and after a block (ShortGPT, arXiv 2403.03853). 0 where
 * the block changes nothing but lengths, 2 where it turns everything round. Two zeros are the same state.
 */
export class BlockInfluence {
  #sum = 0;
  #positions = 0;

  /** States of `width` numbers each, one after the other. */
  add(before: Float32Array, after: Float32Array, width: number): void {
    if (before.length !== after.length || before.length % width !== 0) throw new RangeError(`${before.length} and ${after.length} numbers are not the same states of ${width}.`);
    for (let start = 0; start < before.length; start += width) {
      this.#sum += 1 - cosine(before.subarray(start, start + width), after.subarray(start, start + width));
      this.#positions++;
    }
  }

  get positions(): number {
    return this.#positions;
  }

  /** Rounding may bring identical states a little below 0. */
  get value(): number {
    return this.#positions > 0 ? Math.max(0, this.#sum / this.#positions) : 0;
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index]!, b[index]!];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  if (squareA === 0 && squareB === 0) return 1;
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}
