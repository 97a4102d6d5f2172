import { blockSize } from "../conversion/gptq/blocks";
import type { Feedback } from "./feedback";
import { LookBack, mostRows } from "./lookBack";
import type { NewMultiplier } from "./multiplier";

/** 2·Σ ‖row·X‖² over rows of weights or of their errors, X the inputs that the feedback was made from. */
export function outputPower(rows: Float32Array, feedback: Feedback, newMultiplier: NewMultiplier): number {
  const { columns, factors, damping } = feedback;
  const lookBack = new LookBack(newMultiplier, feedback);
  let power = 0;
  for (let start = 0; start < rows.length; start += mostRows * columns) {
    const some = lookBack.take(rows.subarray(start, start + mostRows * columns));
    for (let first = 0; first < columns; first += blockSize) {
      const asked = lookBack.asked(first);
      for (let row = 0; row * columns < some.length; row++) {
        for (let column = first; column < first + blockSize; column++) {
          const value = some[row * columns + column]!;
          let all = value + asked[row * blockSize + column - first]!;
          for (let before = first; before < column; before++) all += factors[column * columns + before]! * some[row * columns + before]!;
          power += factors[column * (columns + 1)]! * all * all - damping * value * value;
        }
      }
    }
  }
  return Math.max(0, power);
}
