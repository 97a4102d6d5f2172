/** Adds the square of each weight to the sum of its column; whole rows lie one after the other. */
export function addColumnSquares(sums: Float64Array, rows: Float32Array): void {
  for (let start = 0; start < rows.length; start += sums.length) {
    for (let column = 0; column < sums.length; column++) {
      const weight = rows[start + column]!;
      sums[column]! += weight * weight;
    }
  }
}

/** Σ w² of each row. */
export function rowSquares(rows: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(rows.length / columns);
  for (let row = 0; row < sums.length; row++) {
    let sum = 0;
    for (let index = row * columns; index < (row + 1) * columns; index++) {
      const weight = rows[index]!;
      sum += weight * weight;
    }
    sums[row] = sum;
  }
  return sums;
}

/**
 * Importance of each neuron j as the product of numbers of its own:
 * with activations, E[x_j²] · ‖down_j‖² = E‖x_j · down_j‖², the mean squared length of what the neuron adds to the hidden state (Wanda's
 * |w| · ‖x‖, arXiv 2306.11695, summed over a column; FLAP, arXiv 2312.11983, takes the variance of x_j instead);
 * without, ‖gate_j‖² · ‖up_j‖² · ‖down_j‖², which bounds it for inputs of one length.
 */
export function neuronImportance(factors: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from({ length: factors[0]?.length ?? 0 }, (_, neuron) => factors.reduce((product, factor) => product * (factor[neuron] ?? 0), 1));
}

/** The numbers, ascending, of the `count` greatest; of equals those that come first. */
export function strongest(importance: Float64Array, count: number): Uint32Array {
  const order = Uint32Array.from(importance, (_, neuron) => neuron);
  return order.sort((a, b) => importance[b]! - importance[a]! || a - b).subarray(0, count).sort();
}
