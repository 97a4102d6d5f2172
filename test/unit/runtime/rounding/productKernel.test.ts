import { expect, it } from "vitest";
import { plainMultiplier } from "../../../../src/core/rounding/multiplier";
import { ProductKernel } from "../../../../src/runtime/rounding/productKernel";
import { productsModule } from "../../../../src/runtime/rounding/productsModule";

it("multiplies as plain loops do, also a part of each row", () => {
  const kernel = new ProductKernel(6 * 40 + 8 * 40 + 48);
  const product = ({ room, multiply }: { room(floats: number): Float32Array; multiply: ProductKernel["multiply"] }, inner: number): number[] => {
    const [left, right, out] = [room(6 * 40), room(8 * 40), room(48)];
    left.forEach((_, index) => (left[index] = Math.sin(index)));
    right.forEach((_, index) => (right[index] = Math.cos(3 * index)));
    multiply(left, right, out, inner, 40);
    return [...out].map((value) => Number(value.toFixed(4)));
  };
  const bound = { room: kernel.room.bind(kernel), multiply: kernel.multiply.bind(kernel) };
  expect(product(bound, 28)).toEqual(product(plainMultiplier(0), 28));
});

it("gives rooms that do not overlap, zeros at first", () => {
  const kernel = new ProductKernel(10);
  const [one, two] = [kernel.room(5), kernel.room(5)];
  one.fill(1);
  expect([...two]).toEqual([0, 0, 0, 0, 0]);
  const out = new ProductKernel(0);
  expect(() => out.room(65536)).toThrow(RangeError);
});

it("the module is what its source compiles to", async () => {
  // @ts-expect-error: a script without types
  const { compiledModule } = (await import("../../../../scripts/wasm.mjs")) as { compiledModule(folder: string, name: string): Promise<string> };
  expect(await compiledModule("rounding", "products")).toBe(productsModule);
});
