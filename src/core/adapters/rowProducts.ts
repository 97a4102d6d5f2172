/**
 * Products of a run of rows with a few vectors. Matrices lie row after row. Four rows are taken at once, so that a vector
 * is fetched once for all of them.
 */

/** D·Vᵀ, rows × vectors, of D, rows × columns, and V, vectors × columns. */
export function projections(rows: Float32Array, columns: number, vectors: Float64Array): Float64Array {
  const [count, length] = [vectors.length / columns, rows.length / columns];
  const out = new Float64Array(length * count);
  for (let row = 0; row < length; row += 4) {
    const last = Math.min(row + 3, length - 1);
    const [at0, at1, at2, at3] = [row * columns, Math.min(row + 1, last) * columns, Math.min(row + 2, last) * columns, last * columns];
    for (let vector = 0; vector < count; vector++) {
      const at = vector * columns;
      let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
      for (let column = 0; column < columns; column++) {
        const value = vectors[at + column]!;
        sum0 += rows[at0 + column]! * value;
        sum1 += rows[at1 + column]! * value;
        sum2 += rows[at2 + column]! * value;
        sum3 += rows[at3 + column]! * value;
      }
      const sums = [sum0, sum1, sum2, sum3];
      for (let own = row; own <= last; own++) out[own * count + vector] = sums[own - row]!;
    }
  }
  return out;
}

/** Adds Yᵀ·D, vectors × columns, of Y, rows × vectors, to `sums`. */
export function addBack(rows: Float32Array, columns: number, weights: Float64Array, sums: Float64Array): void {
  const [count, length] = [sums.length / columns, rows.length / columns];
  for (let row = 0; row < length; row += 4) {
    const at = (own: number): number => Math.min(row + own, length - 1) * columns;
    const [at0, at1, at2, at3] = [at(0), at(1), at(2), at(3)];
    for (let vector = 0; vector < count; vector++) {
      const weight = (own: number): number => (row + own < length ? weights[(row + own) * count + vector]! : 0);
      const [weight0, weight1, weight2, weight3] = [weight(0), weight(1), weight(2), weight(3)];
      const to = vector * columns;
      for (let column = 0; column < columns; column++) {
        sums[to + column]! += weight0 * rows[at0 + column]! + weight1 * rows[at1 + column]! + weight2 * rows[at2 + column]! + weight3 * rows[at3 + column]!;
      }
    }
  }
}

/** Adds factor · B·A to rows × columns in place; B is rows × rank, A rank × columns. Sums are taken in double precision. */
export function addProduct(rows: Float32Array, columns: number, left: Float32Array, right: Float32Array, factor: number): void {
  const [rank, length] = [right.length / columns, rows.length / columns];
  const sums = new Float64Array(columns);
  for (let row = 0; row < length; row++) {
    sums.fill(0);
    for (let vector = 0; vector < rank; vector++) {
      const weight = left[row * rank + vector]!;
      // Adapters that hold a whole matrix have an identity for one half.
      if (weight === 0) continue;
      const at = vector * columns;
      for (let column = 0; column < columns; column++) sums[column]! += weight * right[at + column]!;
    }
    const at = row * columns;
    for (let column = 0; column < columns; column++) rows[at + column]! += factor * sums[column]!;
  }
}
