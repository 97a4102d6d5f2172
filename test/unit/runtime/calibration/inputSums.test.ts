import { describe, expect, it } from "vitest";
import type { GraphTensor, Multiplication } from "../../../../src/runtime/ffi/graph";
import { InputSums } from "../../../../src/runtime/calibration/inputSums";

/** Tensors in a map of addresses, each element of 4 bytes, dense unless strides are given. */
class Memory {
  readonly #bytes = new Map<bigint, Buffer>();
  reads = 0;

  tensor(name: string, shape: readonly number[], values: readonly number[] | Int32Array = [], strides?: readonly number[]): GraphTensor {
    const address = BigInt(this.#bytes.size + 1);
    const four = [...shape, 1, 1, 1].slice(0, 4);
    const array = values instanceof Int32Array ? values : Float32Array.from(values);
    this.#bytes.set(address, Buffer.from(array.buffer));
    const dense = four.map((_, dimension) => 4 * four.slice(0, dimension).reduce((a, b) => a * b, 1));
    return { address, name, isFloat: true, shape: four, strides: strides ?? dense };
  }
  set(tensor: GraphTensor, values: readonly number[]): void {
    this.#bytes.set(tensor.address, Buffer.from(Float32Array.from(values).buffer));
  }
  readonly read = (tensor: GraphTensor): Buffer => {
    this.reads++;
    return this.#bytes.get(tensor.address)!;
  };
}

function see(sums: InputSums, multiplication: Multiplication): void {
  if (sums.wants(multiplication)) sums.take(multiplication);
}
/** 16 tokens, the first of which are given. */
function tokens(...first: readonly number[]): number[] {
  return [...first, ...new Array<number>(32 - first.length).fill(0)];
}

describe("InputSums", () => {
  it("sums squares by column and counts tokens, over several inputs", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    const weight = memory.tensor("blk.0.attn_q.weight", [2, 3]);
    const input = memory.tensor("x", [2, 16], tokens(1, 2, 3, 4));
    see(sums, { weight, input });
    sums.forgetInput();
    memory.set(input, tokens(0, 5));
    see(sums, { weight, input });
    expect([...sums.tensors]).toEqual([["blk.0.attn_q.weight", { sums: Float32Array.of(10, 45), counts: [32] }]]);
  });

  it("reads an input that queries, keys and values share once", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    const input = memory.tensor("x", [2, 16], tokens(1, 2));
    for (const name of ["blk.0.attn_q.weight", "CPU#blk.0.attn_k.weight#0"]) see(sums, { weight: memory.tensor(name, [2, 2]), input });
    expect(memory.reads).toBe(1);
    expect(sums.tensors.get("blk.0.attn_k.weight")).toEqual({ sums: Float32Array.of(1, 4), counts: [16] });
  });

  it("leaves out the output matrix, attention scores, few tokens and other numbers than floats", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    const weight = memory.tensor("blk.0.attn_q.weight", [2, 2]);
    const input = memory.tensor("x", [2, 16], tokens());
    expect(sums.wants({ weight: memory.tensor("output.weight", [2, 2]), input })).toBe(false);
    expect(sums.wants({ weight: memory.tensor("cache_k_l0 (view)", [2, 2]), input })).toBe(false);
    expect(sums.wants({ weight, input: memory.tensor("x", [2, 15]) })).toBe(false);
    expect(sums.wants({ weight, input: { ...input, isFloat: false } })).toBe(false);
    expect(sums.wants({ weight, input })).toBe(true);
  });

  it("sums for each expert what it was sent, however few tokens", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    const weight = memory.tensor("blk.0.ffn_up_exps.weight", [2, 5, 3]);
    const input = memory.tensor("x", [2, 1, 2], [1, 2, 3, 4]);
    // Two experts for each token out of a table of three, so rows lie 12 bytes apart.
    const experts = memory.tensor("top", [2, 2], Int32Array.of(2, 0, -1, 2, 1), [4, 12, 24, 24]);
    see(sums, { weight, input, experts });
    expect(sums.tensors.get(weight.name)).toEqual({ sums: Float32Array.of(1, 4, 9, 16, 10, 20), counts: [1, 1, 2] });
  });

  it("takes each chosen expert's own input where there is one", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    const input = memory.tensor("x", [1, 2, 1], [3, 5]);
    see(sums, { weight: memory.tensor("blk.0.ffn_down_exps.weight", [1, 1, 2]), input, experts: memory.tensor("top", [2, 1], Int32Array.of(1, 0)) });
    expect(sums.tensors.get("blk.0.ffn_down_exps.weight")).toEqual({ sums: Float32Array.of(25, 9), counts: [1, 1] });
  });

  it("keeps the matrices of a deeper weight apart, with one count", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    const input = memory.tensor("x", [1, 16, 2], [...new Array<number>(16).fill(1), ...new Array<number>(16).fill(2)]);
    see(sums, { weight: memory.tensor("blk.0.attn_k_b.weight", [1, 1, 2]), input });
    expect(sums.tensors.get("blk.0.attn_k_b.weight")).toEqual({ sums: Float32Array.of(16, 64), counts: [16] });
  });

  it("refuses numbers that are none", () => {
    const memory = new Memory();
    const sums = new InputSums(memory.read);
    expect(() => see(sums, { weight: memory.tensor("blk.0.attn_q.weight", [2, 2]), input: memory.tensor("x", [2, 16], tokens(NaN)) })).toThrow(/blk\.0\.attn_q\.weight.*cannot be calibrated/);
  });
});
