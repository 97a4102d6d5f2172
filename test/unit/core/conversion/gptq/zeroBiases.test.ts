import { describe, expect, it } from "vitest";
import { withoutZeroBiases } from "../../../../../src/core/conversion/gptq/zeroBiases";
import { halves, ints, memoryCheckpoint } from "./memoryCheckpoint";

describe("biases of quantized layers", () => {
  it("are left out where they are nothing but zeros", async () => {
    const checkpoint = memoryCheckpoint({}, {
      "a.qweight": ints([1, 1], [0]), "a.bias": halves([2], [0, 0]),
      "b.qweight": ints([1, 1], [0]), "b.bias": halves([2], [0, 0x3c00]),
      "c.weight": halves([1, 1], [0]), "c.bias": halves([1], [0]),
      "d.qweight": ints([1, 1], [0]),
    });
    const { tensors } = await withoutZeroBiases(checkpoint);
    expect([...tensors.keys()]).toEqual(["a.qweight", "b.qweight", "b.bias", "c.weight", "c.bias", "d.qweight"]);
  });
});
