import { Random } from "../training/random";

/** Normally distributed numbers with mean 0 and deviation 1 that follow from the seed (Box and Muller). */
export function normalNumbers(length: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()));
}
