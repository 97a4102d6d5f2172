import { expect, it } from "vitest";
import type { TensorInfo } from "../../../../src/core/gguf/header";
import { levelOfTensors } from "../../../../src/core/gguf/levelOfTensors";

const tensor = (type: string, ...shape: number[]): TensorInfo => ({ name: type, type, shape, bytes: 0, offset: 0 });

it("tells the level by the type of most weights in matrices, where one level is made of that", () => {
  expect(levelOfTensors([tensor("F32", 10_000), tensor("Q8_0", 64, 64), tensor("Q6_K", 256, 2)], undefined)).toBe("Q8_0");
  expect(levelOfTensors([tensor("F16", 64, 64)], "Q4_0")).toBe("F16");
  expect(levelOfTensors([tensor("Q4_K", 256, 2)], undefined)).toBeUndefined();
  expect(levelOfTensors([tensor("Q4_K", 256, 2)], "Q4_K_S")).toBe("Q4_K_S");
  expect(levelOfTensors([tensor("Q4_K", 256, 2)], "Q8_0")).toBeUndefined();
  expect(levelOfTensors([tensor("I32", 64, 2)], undefined)).toBeUndefined();
  expect(levelOfTensors([tensor("F32", 10_000)], "F32")).toBeUndefined();
});
