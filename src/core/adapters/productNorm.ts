/**
 * ‖B·A‖ (Frobenius) without forming the product: √tr(Bᵀ·B · A·Aᵀ), since tr((BA)ᵀBA) = tr(BᵀB·AAᵀ). B is rows × rank, A
 * rank × columns, row after row.
 */
export function productNorm(left: Float32Array, right: Float32Array, rank: number): number {
  const products = leftProducts(left, rank);
  const columns = right.length / rank;
  let trace = 0;
  for (let one = 0; one < rank; one++) {
    for (let other = one; other < rank; other++) {
      const product = products[one * rank + other]!;
      if (product === 0) continue;
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += right[one * columns + column]! * right[other * columns + column]!;
      trace += (one === other ? 1 : 2) * product * sum;
    }
  }
  return Math.sqrt(Math.max(0, trace));
}

/** The upper half of BᵀB. */
function leftProducts(left: Float32Array, rank: number): Float64Array {
  const products = new Float64Array(rank * rank);
  for (let row = 0; row < left.length; row += rank) {
    for (let one = 0; one < rank; one++) {
      const value = left[row + one]!;
      if (value === 0) continue;
      for (let other = one; other < rank; other++) products[one * rank + other]! += value * left[row + other]!;
    }
  }
  return products;
}
