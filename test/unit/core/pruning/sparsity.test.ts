import { describe, expect, it } from "vitest";
import { isBlockMatrix } from "../../../../src/core/pruning/blockMatrices";
import { zeroColumns, zerosPerRow } from "../../../../src/core/pruning/sparsity";
import { holdsZeros, writeZeros } from "../../../../src/core/pruning/zeroWeights";
import { blockFormats, type BlockType } from "../../../../src/core/conversion/gptq/blocks";

const row = Float32Array.of(3, -1, 0.5, -4, 2, 0.25, -0.75, 1);
const sorted = (columns: readonly number[]): number[] => [...columns].sort((a, b) => a - b);

describe("which weights of a row become zero", () => {
  it("by magnitude: the least ones, so many as the share says", () => {
    expect(sorted(zeroColumns(row, { share: 0.5 }))).toEqual([1, 2, 5, 6]);
    expect(sorted(zeroColumns(row, { share: 0.25 }))).toEqual([2, 5]);
    expect(zeroColumns(row, { share: 0.05 })).toEqual([]);
  });
  it("by Wanda: weighed by the norm of the column's input", () => {
    // |w| · norm: 0.3, 1, 0.5, 0.4, 2, 2.5, 0.75, 1
    const norms = Float32Array.of(0.1, 1, 1, 0.1, 1, 10, 1, 1);
    expect(sorted(zeroColumns(row, { share: 0.5 }, norms))).toEqual([0, 2, 3, 6]);
  });
  it("of equals those with lower numbers go first, and the count stays exact", () => {
    expect(sorted(zeroColumns(Float32Array.of(1, 1, -1, 1, 0, 2), { share: 0.5 }))).toEqual([0, 1, 4]);
    expect(sorted(zeroColumns(new Float32Array(10), { share: 0.3 }))).toEqual([0, 1, 2]);
  });
  it("in the pattern 2:4: two of every four, whatever the others are", () => {
    expect(sorted(zeroColumns(row, { share: 0.5, pattern: "2:4" }))).toEqual([1, 2, 5, 6]);
    expect(sorted(zeroColumns(Float32Array.of(9, 8, 7, 6, 1, 2, 3, 4, 5), { share: 0.5, pattern: "2:4" }))).toEqual([2, 3, 4, 5]);
  });
  it("counts are rounded to the nearest", () => {
    expect([zerosPerRow({ share: 0.29 }, 100), zerosPerRow({ share: 0.5 }, 7), zerosPerRow({ share: 0.9, pattern: "2:4" }, 8)]).toEqual([29, 4, 4]);
  });
});

describe("zeros in the bytes of a type", () => {
  it("are those of plain types", () => {
    const bytes = new Uint8Array(8).fill(1);
    writeZeros("F16", bytes, [1, 3]);
    expect([...bytes]).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
    writeZeros("F32", bytes, [0]);
    expect([...bytes]).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
  });
  it.each<[BlockType, number]>([["Q4_0", 8], ["Q5_0", 16], ["Q8_0", 128]])("are one code of %s, and all else stays", (type, zero) => {
    const { bytes, pack, unpack, most } = blockFormats[type];
    const codes = Uint8Array.from({ length: 32 }, (_, index) => (7 * index) % (most + 1));
    const two = new Uint8Array(2 * bytes);
    two.fill(0x3c, 0, 2);
    pack(codes, two, 0);
    pack(codes, two, bytes);
    const first = two.slice(0, bytes);
    writeZeros(type, two, [32, 63, 50]);
    expect(two.subarray(0, bytes)).toEqual(first);
    const found = new Uint8Array(32);
    unpack(two, bytes, found);
    expect([...found]).toEqual([...codes].map((code, index) => ([0, 31, 18].includes(index) ? zero : code)));
  });
  it("are not in types with a minimum, of superblocks or on a curve", () => {
    expect(["F32", "F16", "BF16", "Q8_0", "Q5_0", "Q4_0"].every(holdsZeros)).toBe(true);
    expect(["Q4_1", "Q5_1", "Q4_K", "Q6_K", "IQ4_NL", "F64"].some(holdsZeros)).toBe(false);
    expect(() => writeZeros("Q4_1", new Uint8Array(20), [0])).toThrow(RangeError);
  });
});

it("matrices of attention and feed-forward parts, and nothing else", () => {
  const matrix = (name: string, shape = [32, 32]): boolean => isBlockMatrix({ name, shape, type: "F16", bytes: 0, offset: 0 });
  expect(["blk.0.attn_q.weight", "blk.11.attn_output.weight", "blk.3.ffn_down.weight", "blk.3.attn_qkv.weight", "blk.3.ffn_gate_exps.weight"].every((name) => matrix(name))).toBe(true);
  expect(["token_embd.weight", "output.weight", "blk.0.attn_q_norm.weight", "blk.0.ffn_gate_inp.weight", "blk.0.ssm_in.weight", "blk.0.attn_q.bias", "v.blk.0.attn_q.weight"].some((name) => matrix(name))).toBe(false);
  expect(matrix("blk.0.attn_sinks.weight", [32])).toBe(false);
});
