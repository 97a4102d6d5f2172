/** Multiplies matrices of 32-bit floats that lie in memory of its own. */
export interface Multiplier {
  /** Room for so many floats, zeros at first. All rooms together are no larger than what it was made for. */
  room(floats: number): Float32Array;
  /**
   * out[i][j] = Σ left[i][k] · right[j][k] over k < inner. Rows of `left` (an even number) and of `right` (a multiple of 4) lie
   * `stride` floats apart, those of `out` as many as `right` has rows; `inner` is a multiple of 4. All three lie in its rooms.
   */
  multiply(left: Float32Array, right: Float32Array, out: Float32Array, inner: number, stride: number): void;
}

/** A new one whose rooms come to so many floats. */
export type NewMultiplier = (floats: number) => Multiplier;

export const plainMultiplier: NewMultiplier = () => ({
  room: (floats) => new Float32Array(floats),
  multiply: (left, right, out, inner, stride) => {
    const others = right.length / stride;
    for (let i = 0; i < left.length / stride; i++) {
      for (let j = 0; j < others; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += left[i * stride + k]! * right[j * stride + k]!;
        out[i * others + j] = sum;
      }
    }
  },
});
