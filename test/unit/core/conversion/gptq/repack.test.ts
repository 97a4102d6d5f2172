import { describe, expect, it } from "vitest";
import { gptqLinear, type GptqLinear } from "../../../../../src/core/conversion/gptq/gptqLinear";
import type { GptqBits, GptqConfig } from "../../../../../src/core/conversion/gptq/quantConfig";
import { floats, halves, ints, memoryCheckpoint, type MemoryTensor } from "./memoryCheckpoint";

const upTo16 = [0x76543210, 0xfedcba98]; // codes 0 to 15 of 4 bit

interface Layer {
  readonly bits?: GptqBits;
  /** Words of one row. */
  readonly words?: readonly number[];
  readonly zero?: number;
  /** Bits of a half; or a scale of 32 bits. */
  readonly scale?: number | { readonly float: number };
  readonly groups?: readonly number[];
}

/** One row; zeros as they are (gptq_v2). */
function oneRow({ bits = 4, words = [...upTo16, ...upTo16], zero = 8, scale = 0x3800, groups }: Layer): Promise<GptqLinear> {
  const count = groups ? Math.max(...groups) + 1 : 1;
  const each = <Value>(value: Value): Value[] => new Array<Value>(count).fill(value);
  const tensors: Record<string, MemoryTensor> = {
    "up.qweight": ints([words.length, 1], words),
    "up.qzeros": ints([count, 1], each(zero)),
    "up.scales": typeof scale === "number" ? halves([count, 1], each(scale)) : floats([count, 1], each(scale.float)),
    ...(groups && { "up.g_idx": ints([groups.length], groups) }),
  };
  const config: GptqConfig = { bits, groupSize: -1, symmetric: false, actOrder: groups !== undefined, format: "gptq_v2", dynamic: false };
  return gptqLinear(memoryCheckpoint({}, tensors), "up", config);
}

const block = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const counted = (of: (index: number) => number, length = 16): number[] => Array.from({ length }, (_, index) => of(index) & 0xff);

describe("blocks of a layer", () => {
  it("Q4_0 of symmetric 4 bit: the codes as they are", async () => {
    const layer = await oneRow({});
    expect(layer.exact).toEqual({ type: "Q4_0", types: ["Q4_0", "Q4_1", "Q5_0", "Q8_0"] });
    expect(await layer.repacked()).toEqual({ type: "Q4_0", bytes: block([0x00, 0x38], counted((index) => index | (index << 4))) });
  });

  it("Q4_1 where the smallest weight is a half-precision number: 0.5 times -3", async () => {
    const layer = await oneRow({ zero: 3 });
    expect(layer.exact).toMatchObject({ type: "Q4_1", why: "zeros of 3 reach beyond the -8 to 7 steps of Q4_0." });
    expect(await layer.repacked()).toEqual({ type: "Q4_1", bytes: block([0x00, 0x38, 0x00, 0xbe], counted((index) => index | (index << 4))) });
  });

  it.each([7, 9])("not Q4_0 one step beside the middle: a zero of %i", async (zero) => {
    expect((await oneRow({ zero })).exact).toMatchObject({ types: ["Q4_1", "Q5_0", "Q8_0"] });
  });

  it("Q5_0 where it is not: 1025 / 2048 times -3 has 12 digits", async () => {
    const layer = await oneRow({ zero: 3, scale: 0x3801 });
    expect(layer.exact).toMatchObject({ type: "Q5_0", types: ["Q5_0", "Q8_0"], why: "zeros of 3 reach beyond the -8 to 7 steps of Q4_0, and Q4_1 would round the smallest weight of 100 % of the groups." });
    // Stored is code − 3 + 16, from 13 to 28: the fifth bit is set from the fourth code on.
    const nibbles = counted((index) => ((index + 13) & 15) * 0x11);
    expect(await layer.repacked()).toEqual({ type: "Q5_0", bytes: block([0x01, 0x38], [0xf8, 0xff, 0xf8, 0xff], nibbles) });
  });

  it("Q8_0 of symmetric 8 bit: codes less 128", async () => {
    const layer = await oneRow({ bits: 8, words: [0x80ff0100, 0, 0, 0, 0, 0, 0, 0], zero: 128 });
    expect(layer.exact).toEqual({ type: "Q8_0", types: ["Q8_0"] });
    expect(await layer.repacked()).toEqual({ type: "Q8_0", bytes: block([0x00, 0x38], [0x80, 0x81, 0x7f, 0x00], counted(() => -128, 28)) });
  });

  it("Q8_0 of 4 bit, for who asks for it: the same numbers", async () => {
    const weights = await (await oneRow({})).weights();
    expect(weights.repacked("Q8_0")).toEqual(block([0x00, 0x38], counted((index) => index - 8), counted((index) => index - 8)));
  });

  it.each([0, 1, 2, 3])("Q4_0 of 2 bit with a zero of %i", async (zero) => {
    const layer = await oneRow({ bits: 2, words: [0xe4e4e4e4, 0xe4e4e4e4], zero });
    expect(await layer.repacked()).toEqual({ type: "Q4_0", bytes: block([0x00, 0x38], counted((index) => ((index % 4) - zero + 8) * 0x11)) });
  });

  it.each([0, 7])("Q4_0 of 3 bit with a zero of %i", async (zero) => {
    const layer = await oneRow({ bits: 3, words: [1 << 30, 1, 3], zero }); // codes 10 and 21 are 5 and 6
    const low = (index: number): number => (index === 10 ? 5 : 0) - zero + 8;
    const high = (index: number): number => (index === 5 ? 6 : 0) - zero + 8;
    expect(await layer.repacked()).toEqual({ type: "Q4_0", bytes: block([0x00, 0x38], counted((index) => low(index) | (high(index) << 4))) });
  });

  it("of a type that does not hold them are never handed out", async () => {
    const weights = await (await oneRow({ zero: 3 })).weights();
    expect(() => weights.repacked("Q4_0")).toThrow("A repacked weight is -4, not 0.5 · (11 − 3).");
  });

  it("in the order of rows that is asked for", async () => {
    const tensors = { "up.qweight": ints([4, 2], [0, 1, 0, 1, 0, 1, 0, 1]), "up.qzeros": ints([1, 1], [0x88]), "up.scales": halves([1, 2], [0x3c00, 0x4000]) };
    const layer = await gptqLinear(memoryCheckpoint({}, tensors), "up", { bits: 4, groupSize: -1, symmetric: true, actOrder: false, format: "gptq_v2", dynamic: false });
    const weights = await layer.weights();
    const all = weights.repacked("Q4_0");
    expect(all[0]! | (all[1]! << 8)).toBe(0x3c00);
    expect(weights.repacked("Q4_0", [1, 0])).toEqual(Uint8Array.from([...all.subarray(18), ...all.subarray(0, 18)]));
    expect(weights.repacked("Q4_0", [1])).toEqual(all.subarray(18));
  });
});

describe("a layer that no block holds exactly", () => {
  it("mixes groups within blocks: how many is said", async () => {
    const groups = [...new Array<number>(32).fill(0), ...Array.from({ length: 32 }, (_, index) => index % 2), ...new Array<number>(32).fill(1)];
    const layer = await oneRow({ words: new Array<number>(12).fill(0), groups });
    expect(layer.exact).toEqual({ reason: "33 % of the blocks of 32 inputs mix groups, and a block has one scale." });
    expect(await layer.repacked()).toEqual(layer.exact);
  });

  it("but one whose groups only come in another order can be repacked", async () => {
    const groups = [2, 0, 1].flatMap((group) => new Array<number>(32).fill(group));
    expect((await oneRow({ words: new Array<number>(12).fill(0), groups })).exact).toMatchObject({ type: "Q4_0" });
  });

  it("has rows that do not divide into blocks", async () => {
    expect((await oneRow({ words: upTo16 })).exact).toEqual({ reason: "rows of 16 weights do not divide into blocks of 32." });
  });

  it("has scales that are not half-precision numbers", async () => {
    expect((await oneRow({ scale: { float: 0.1 } })).exact).toEqual({ reason: "100 % of the scales are not half-precision numbers." });
    expect((await oneRow({ scale: { float: 0.5 } })).exact).toMatchObject({ type: "Q4_0" });
    expect((await oneRow({ scale: { float: 1e6 } })).exact).toMatchObject({ reason: expect.stringContaining("not half-precision") as string });
  });

  it("has zeros of 8 bit that are not in the middle", async () => {
    expect((await oneRow({ bits: 8, words: new Array<number>(8).fill(0), zero: 100 })).exact).toEqual({ reason: "zeros of 100 reach from -100 to 155 steps of the scale, and Q8_0 from -128 to 127." });
  });
});
