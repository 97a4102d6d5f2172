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
