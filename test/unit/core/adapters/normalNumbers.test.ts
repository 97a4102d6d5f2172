import { expect, it } from "vitest";
import { normalNumbers } from "../../../../src/core/adapters/normalNumbers";

it("draws numbers of mean 0 and deviation 1, the same for the same seed", () => {
  const numbers = normalNumbers(20_000, 1);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length).toBeCloseTo(1, 1);
  expect(numbers.filter((value) => Math.abs(value) < 1).length / numbers.length).toBeCloseTo(0.683, 1);
  expect(normalNumbers(4, 7)).toEqual(normalNumbers(4, 7));
  expect(normalNumbers(4, 7)).not.toEqual(normalNumbers(4, 8));
});
