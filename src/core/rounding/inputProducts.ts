import type { Gram } from "./gram";

/**
 * Σ x·xᵀ over the inputs x that a matrix was multiplied with: columns × columns, of which only the part on and below the
 * diagonal is kept. Half of the Hessian of ‖(W − Q)X‖² in each row of the weights W (arXiv 2210.17323, section 3).
 */
export class InputProducts {
  readonly sums: Float64Array;

  constructor(
    readonly columns: number,
    private readonly gram: Gram,
  ) {
    this.sums = new Float64Array(columns * columns);
  }

  /** `inputs` holds whole inputs, one after the other. */
  add(inputs: Float32Array): void {
    this.gram.add(this.sums, this.columns, inputs);
  }

  /** Σ x² of each column. */
  get squares(): Float64Array {
    return Float64Array.from({ length: this.columns }, (_, column) => this.sums[column * (this.columns + 1)]!);
  }
}
