import { describe, expect, it } from "vitest";
import { parseSafetensors } from "../../../../src/core/conversion/safetensors";

/** A file of this header and so many bytes of data. */
function file(header: unknown, dataBytes: number, text = JSON.stringify(header)): Uint8Array {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function parse(bytes: Uint8Array) {
  return parseSafetensors(bytes, bytes.length, "model.safetensors");
}

const two = {
  __metadata__: { format: "pt" },
  "a.weight": { dtype: "BF16", shape: [2, 3], data_offsets: [0, 12] },
  scalar: { dtype: "F32", shape: [], data_offsets: [12, 16] },
};

describe("parseSafetensors", () => {
  it("gives types, shapes and places", () => {
    const bytes = file(two, 16);
    const start = bytes.length - 16;
    expect(parse(bytes)).toEqual([
      { name: "a.weight", dtype: "BF16", shape: [2, 3], start, end: start + 12 },
      { name: "scalar", dtype: "F32", shape: [], start: start + 12, end: start + 16 },
    ]);
  });

  it("says how much it must see", () => {
    const bytes = file(two, 16);
    expect(parseSafetensors(bytes.subarray(0, 3), bytes.length, "f")).toEqual({ needs: 8 });
    expect(parseSafetensors(bytes.subarray(0, 20), bytes.length, "f")).toEqual({ needs: bytes.length - 16 });
  });

  it.each([
    ["an empty file", new Uint8Array(0), /is empty/],
    ["a file of a few bytes", new Uint8Array(5), /is cut off/],
    ["data that is missing", file(two, 15), /is cut off/],
    ["a header longer than the file", file(two, 16).subarray(0, 40), /is cut off/],
    ["a huge header", Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0), /a header of 18446744073709552000 bytes/],
    ["no JSON", file({}, 0, "{hello"), /no JSON object/],
    ["a list", file([], 0), /no JSON object/],
    ["an entry that is null", file({ a: null }, 0), /"a" without type/],
    ["negative counts", file({ a: { dtype: "F32", shape: [-1], data_offsets: [0, 4] } }, 4), /"a" without type/],
    ["fractions", file({ a: { dtype: "F32", shape: [0.5], data_offsets: [0, 2] } }, 4), /"a" without type/],
    ["more dimensions than any tensor has", file({ a: { dtype: "U8", shape: Array(9).fill(1), data_offsets: [0, 1] } }, 4), /"a" without type/],
    ["counts whose product overflows", file({ a: { dtype: "F32", shape: [2 ** 52, 2 ** 52], data_offsets: [0, 4] } }, 4), /4503599627370496 × 4503599627370496 F32 in 4 bytes/],
    ["a size that is not the shape's", file({ a: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }, 4), /"a" of 2 F32 in 4 bytes/],
    ["an end before its start", file({ a: { dtype: "F32", shape: [1], data_offsets: [8, 4] } }, 8), /in -4 bytes/],
    ["a type that it does not know", file({ a: { dtype: "F4", shape: [2], data_offsets: [0, 1] } }, 1), /as "F4", which cannot be converted/],
    ["a type named like a method", file({ a: { dtype: "toString", shape: [2], data_offsets: [0, 1] } }, 1), /as "toString"/],
    ["two tensors in one place", file({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] }, b: { dtype: "F32", shape: [1], data_offsets: [4, 8] } }, 8), /"a" and "b" in the same place/],
  ])("refuses %s", (_name, bytes, sentence) => {
    expect(() => parse(bytes)).toThrow(sentence);
  });

  it("keeps hostile names out of sentences", () => {
    const name = `evil\u001b[31m\n${"x".repeat(500)}`;
    expect(() => parse(file({ [name]: 1 }, 0))).toThrow(/^[^\u001b\n]{1,250}$/);
  });

  it("keeps names that objects have anyway", () => {
    expect(parse(file({}, 4, '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'))).toMatchObject([{ name: "__proto__" }]);
  });
});
