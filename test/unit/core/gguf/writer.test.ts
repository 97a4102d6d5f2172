import { describe, expect, it } from "vitest";
import { dataBytes, ggufHeaderBytes, padding, tensorOffsets } from "../../../../src/core/gguf/writer";

const tensors = [
  { name: "a", type: "Q8_0", shape: [32, 3] }, // 3 blocks of 34 bytes: 102, padded 128
  { name: "b", type: "F32", shape: [2] },
] as const;

describe("ggufHeaderBytes", () => {
  it("writes a header byte by byte as the format says", () => {
    const bytes = ggufHeaderBytes({
      metadata: [
        { key: "k", type: "i16", value: -2 },
        { key: "l", type: "array", element: "string", value: ["é", ""] },
        { key: "m", type: "array", element: "f32", value: Float32Array.of(1) },
      ],
      tensors,
    });
    const expected = [
      [0x47, 0x47, 0x55, 0x46], u32(3), u64(2), u64(3),
      text("k"), u32(3), [0xfe, 0xff],
      text("l"), u32(9), u32(8), u64(2), text("é"), text(""),
      text("m"), u32(9), u32(6), u64(1), [0, 0, 0x80, 0x3f],
      text("a"), u32(2), u64(32), u64(3), u32(8), u64(0),
      text("b"), u32(1), u64(2), u32(0), u64(128),
    ].flat();
    expect([...bytes.subarray(0, expected.length)]).toEqual(expected);
    expect(bytes.length).toBe(Math.ceil(expected.length / 32) * 32);
    expect(bytes.subarray(expected.length).every((byte) => byte === 0)).toBe(true);
  });

  it("writes every type of number at its limits", () => {
    const limits: readonly (readonly [type: "u8" | "i8" | "u32" | "i32" | "u64" | "i64", value: number | bigint, bytes: readonly number[]])[] = [
      ["u8", 255, [255]], ["i8", -128, [128]], ["u32", 2 ** 32 - 1, [255, 255, 255, 255]], ["i32", -(2 ** 31), [0, 0, 0, 128]],
      ["u64", 2n ** 64n - 1n, [255, 255, 255, 255, 255, 255, 255, 255]], ["i64", -1, [255, 255, 255, 255, 255, 255, 255, 255]],
    ];
    for (const [type, value, bytes] of limits) {
      expect([...ggufHeaderBytes({ metadata: [{ key: "", type, value }], tensors: [] }).subarray(36, 36 + bytes.length)], type).toEqual(bytes);
    }
    expect(() => ggufHeaderBytes({ metadata: [{ key: "", type: "u32", value: -1 }], tensors: [] })).toThrow("-1 does not fit u32.");
    expect(() => ggufHeaderBytes({ metadata: [{ key: "", type: "i8", value: 128 }], tensors: [] })).toThrow(RangeError);
    expect(() => ggufHeaderBytes({ metadata: [{ key: "", type: "u32", value: 0.5 }], tensors: [] })).toThrow(RangeError);
  });

  it("keeps what is written to a long list", () => {
    const value = Array.from({ length: 20_000 }, (_, index) => `token ${index}`);
    const bytes = ggufHeaderBytes({ metadata: [{ key: "tokens", type: "array", element: "string", value }], tensors: [] });
    const last = Buffer.from("token 19999");
    expect(Buffer.from(bytes).lastIndexOf(last)).toBe(bytes.findLastIndex((byte) => byte !== 0) + 1 - last.length);
  });

  it("aligns as it is told, and only where the metadata say so too", () => {
    const metadata = [{ key: "general.alignment", type: "u32", value: 64 }] as const;
    expect(ggufHeaderBytes({ metadata, tensors, alignment: 64 }).length % 64).toBe(0);
    expect(tensorOffsets(tensors, 64)).toEqual([0, 128]);
    expect(() => ggufHeaderBytes({ metadata, tensors })).toThrow(/alignment of 64/);
    expect(dataBytes(tensors)).toBe(128 + 32);
    expect([padding(102).length, padding(64).length]).toEqual([26, 0]);
  });

  it("refuses rows that do not divide into blocks", () => {
    expect(() => ggufHeaderBytes({ metadata: [], tensors: [{ name: "x", type: "Q4_0", shape: [31] }] })).toThrow("x cannot be Q4_0 in rows of 31.");
  });
});

function u32(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}
function u64(value: number): number[] {
  return [...u32(value), 0, 0, 0, 0];
}
function text(value: string): number[] {
  const bytes = [...Buffer.from(value)];
  return [...u64(bytes.length), ...bytes];
}
