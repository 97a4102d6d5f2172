import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHalves, toHalves } from "../../../../../src/core/conversion/gptq/halfPrecision";

const half = (value: number): number => toHalves(Float32Array.of(value))[0]!;
const value = (bits: number): number => fromHalves(Uint16Array.of(bits))[0]!;

describe("half precision", () => {
  it("reads numbers by their bits", () => {
    const known = [[0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x0400, 2 ** -14], [0x0001, 2 ** -24], [0x03ff, 1023 * 2 ** -24], [0x3555, 0.333251953125], [0x7c00, Infinity], [0xfc00, -Infinity]] as const;
    for (const [bits, number] of known) expect(value(bits)).toBe(number);
    expect(value(0x7e00)).toBeNaN();
    expect(Object.is(value(0x8000), -0)).toBe(true);
  });

  it("gives back the bits of every number", () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
    expect(toHalves(fromHalves(all))).toEqual(all);
    expect(half(NaN) & 0x7fff).toBe(0x7e00);
  });

  it("rounds to nearest, ties to even", () => {
    const step = 2 ** -10; // between halves from 1 to 2
    expect(half(1 + step / 2)).toBe(0x3c00);
    expect(half(1 + 1.5 * step)).toBe(0x3c02);
    expect(half(1 + step / 2 + 2 ** -23)).toBe(0x3c01);
    expect(half(2 - step / 4)).toBe(0x4000);
    expect(half(65519.99)).toBe(0x7bff);
    expect(half(65520)).toBe(0x7c00);
    expect(half(-1e10)).toBe(0xfc00);
    expect(half(2 ** -25)).toBe(0);
    expect(half(1.5 * 2 ** -25)).toBe(1);
    expect(half(1.5 * 2 ** -24)).toBe(2);
    expect(half(2 ** -14 - 2 ** -26)).toBe(0x0400);
    expect(half(1e-40)).toBe(0);
  });

  it("finds no nearer neighbour", () => {
    fc.assert(fc.property(fc.float({ min: Math.fround(-65504), max: Math.fround(65504), noNaN: true }), (number) => {
      const bits = half(number);
      const error = Math.abs(value(bits) - number);
      for (const other of [bits - 1, bits + 1]) {
        if (((other ^ bits) & 0x8000) === 0 && (other & 0x7fff) < 0x7c00) expect(error).toBeLessThanOrEqual(Math.abs(value(other & 0xffff) - number));
      }
    }), { numRuns: 2000 });
  });
});
