import { describe, expect, it } from "vitest";
import { allFinite, ElementConverter, type FloatType, fromFloats, toFloats, type WrittenType } from "../../../../src/core/conversion/elements";
import { pairRows } from "../../../../src/core/conversion/rowOrder";

function bits(values: readonly number[], to: WrittenType): number[] {
  const bytes = fromFloats(Float32Array.from(values), to);
  return to === "F32" ? [...new Uint32Array(bytes.buffer)] : [...new Uint16Array(bytes.buffer)];
}

describe("numbers in other types", () => {
  it("are rounded to nearest, ties to even (BF16 keeps 8 digits, F16 has 11)", () => {
    // 1 + 2^-8 lies between 1 and 1 + 2^-7: the even one is 1; 1 + 3 · 2^-8 goes up.
    expect(bits([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -2.5, 0], "BF16")).toEqual([0x3f80, 0x3f80, 0x3f82, 0xc020, 0]);
    expect(bits([1, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 65504, 65520, 2 ** -24, 2 ** -25], "F16")).toEqual([0x3c00, 0x3c00, 0x3c02, 0x7bff, 0x7c00, 1, 0]);
  });

  it.each<FloatType>(["F32", "F16", "BF16"])("come back from %s as they were", (type) => {
    const values = [0, 1, -1, 0.5, 1.5, 1024, -0.25];
    expect([...toFloats(fromFloats(Float32Array.from(values), type), type)]).toEqual(values);
  });

  it("of 16 bits are turned by table as they are one by one, wherever they lie", () => {
    const every = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, index) => index).buffer);
    const shifted = new Uint8Array(every.length + 1);
    shifted.set(every, 1);
    for (const [from, to] of [["BF16", "F16"], ["F16", "BF16"]] as const) {
      const converted = new ElementConverter().convert(shifted.subarray(1), from, to);
      expect(Buffer.from(converted).equals(Buffer.from(fromFloats(toFloats(every, from), to)))).toBe(true);
    }
  });

  it("are told from what is none", () => {
    for (const type of ["F32", "F16", "BF16"] as const) {
      expect(allFinite(fromFloats(Float32Array.of(1, -65504 / 2, 0), type), type)).toBe(true);
      for (const bad of [NaN, Infinity, -Infinity]) for (const place of [0, 1, 2]) expect(allFinite(fromFloats(new Float32Array(3).fill(bad, place, place + 1), type), type)).toBe(false);
    }
  });

  it("become blocks of 32 in Q8_0: the largest is ±127, halves go away from zero", () => {
    const values = Float32Array.from({ length: 32 }, (_, index) => (index === 0 ? -127 : index === 1 ? 2.5 : index === 2 ? -2.5 : 0));
    const block = fromFloats(values, "Q8_0");
    expect(block).toHaveLength(34);
    expect([...block.subarray(0, 2)]).toEqual([0, 0x3c]); // a scale of 1
    expect([...new Int8Array(block.buffer, 2, 4)]).toEqual([-127, 3, -3, 0]);
    expect(fromFloats(new Float32Array(32), "Q8_0").every((byte) => byte === 0)).toBe(true);
  });
});

describe("rows of heads", () => {
  it("go from two halves to pairs, head by head", () => {
    // Two heads of four rows of one byte.
    expect([...pairRows(Uint8Array.of(0, 1, 2, 3, 10, 11, 12, 13), 1, 4)]).toEqual([0, 2, 1, 3, 10, 12, 11, 13]);
  });
});
