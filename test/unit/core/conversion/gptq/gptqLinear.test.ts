import { describe, expect, it } from "vitest";
import { gptqLinear, gptqPrefixes, isGptqPart, type GptqLinear } from "../../../../../src/core/conversion/gptq/gptqLinear";
import type { GptqConfig } from "../../../../../src/core/conversion/gptq/quantConfig";
import { floats, halves, ints, memoryCheckpoint, type MemoryTensor } from "./memoryCheckpoint";

const config: GptqConfig = { bits: 4, groupSize: -1, symmetric: true, actOrder: false, format: "gptq", dynamic: false };
type Parts = Readonly<Record<string, MemoryTensor>>;

function linear(parts: Parts, changes: Partial<GptqConfig> = {}): Promise<GptqLinear> {
  const named = Object.fromEntries(Object.entries(parts).map(([part, tensor]) => [`up.${part}`, tensor]));
  return gptqLinear(memoryCheckpoint({}, named), "up", { ...config, ...changes });
}

/** Rows of weights. */
async function rowsOf(layer: GptqLinear): Promise<number[][]> {
  const weights = await layer.dequantized();
  return Array.from({ length: layer.outFeatures }, (_, row) => [...weights.subarray(row * layer.inFeatures, (row + 1) * layer.inFeatures)]);
}

/** 8 inputs, 2 outputs: codes 0 to 7 and 8 to 15; scales 0.5 and 2. */
const twoRows = (zeros: number): Parts => ({ qweight: ints([1, 2], [0x76543210, 0xfedcba98]), qzeros: ints([1, 1], [zeros]), scales: halves([1, 2], [0x3800, 0x4000]) });

describe("weights of a layer", () => {
  it("of 4 bit, symmetric: zeros of 8, stored as 7", async () => {
    const expected = [[-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5], [0, 2, 4, 6, 8, 10, 12, 14]];
    expect(await rowsOf(await linear(twoRows(0x77)))).toEqual(expected);
    expect(await rowsOf(await linear(twoRows(0x88), { format: "gptq_v2" }))).toEqual(expected);
  });

  it("of 4 bit, asymmetric: zeros of 3 and 9", async () => {
    const expected = [[-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2], [-2, 0, 2, 4, 6, 8, 10, 12]];
    expect(await rowsOf(await linear(twoRows(0x82)))).toEqual(expected);
    expect(await rowsOf(await linear(twoRows(0x93), { format: "gptq_v2" }))).toEqual(expected);
  });

  it("in act-order: g_idx says the group of each input", async () => {
    const layer = await linear({
      qweight: ints([1, 1], [0x99999999]),
      qzeros: ints([2, 1], [7, 8]),
      scales: halves([2, 1], [0x3c00, 0x4400]),
      g_idx: ints([8], [0, 1, 1, 0, 0, 1, 0, 1]),
    }, { actOrder: true, groupSize: 4 });
    expect(await rowsOf(layer)).toEqual([[1, 0, 0, 1, 1, 0, 1, 0]]);
  });

  it("by groups of consecutive inputs, where there is no g_idx or only zeros in it", async () => {
    const parts = { qweight: ints([1, 1], [0x99999999]), qzeros: ints([2, 1], [7, 7]), scales: halves([2, 1], [0x3c00, 0x4400]) };
    const expected = [[1, 1, 1, 1, 4, 4, 4, 4]];
    expect(await rowsOf(await linear(parts, { groupSize: 4 }))).toEqual(expected);
    expect(await rowsOf(await linear({ ...parts, g_idx: ints([8], [0, 0, 0, 0, 0, 0, 0, 0]) }, { groupSize: 4 }))).toEqual(expected);
  });

  it("of 2 bit: 16 to a word", async () => {
    const layer = await linear({ qweight: ints([1, 1], [0xe4e4e4e4]), qzeros: ints([1, 1], [1]), scales: halves([1, 1], [0x3c00]) }, { bits: 2 });
    expect(await rowsOf(layer)).toEqual([[-2, -1, 0, 1, -2, -1, 0, 1, -2, -1, 0, 1, -2, -1, 0, 1]]);
  });

  it("of 3 bit: two codes lie across words", async () => {
    // Code 10 is 101: 01 on top of the first word, 1 in the second. Code 21 is 110: 0 on top of the second, 11 in the third. Code 31 is 7.
    const layer = await linear({ qweight: ints([3, 1], [1 << 30, 1, (7 << 29) | 3]), qzeros: ints([1, 1], [3]), scales: halves([1, 1], [0x3c00]) }, { bits: 3 });
    const expected = new Array<number>(32).fill(-4);
    [expected[10], expected[21], expected[31]] = [1, 2, 3];
    expect(await rowsOf(layer)).toEqual([expected]);
  });

  it("of 3 bit: zeros lie across words too", async () => {
    // Stored fields 10 and 21 are 5 and 6, the others 0: zeros of 6, 7 and 1.
    const layer = await linear({ qweight: ints([3, 32], new Array<number>(96).fill(0)), qzeros: ints([1, 3], [1 << 30, 1, 3]), scales: halves([1, 32], new Array<number>(32).fill(0x3c00)) }, { bits: 3 });
    expect((await rowsOf(layer)).map(([first]) => first)).toEqual([-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -6, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -7, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]);
  });

  it("of 8 bit: zeros of 128, stored as 127", async () => {
    const layer = await linear({ qweight: ints([1, 1], [0x80ff0100]), qzeros: ints([1, 1], [0x7f]), scales: halves([1, 1], [0x3800]) }, { bits: 8 });
    expect(await rowsOf(layer)).toEqual([[-64, -63.5, 63.5, 0]]);
  });

  it("with scales of other types: BF16 exactly, F32 rounded once", async () => {
    const parts = twoRows(0x77);
    const brain = { dtype: "BF16", shape: [1, 2], data: new Uint8Array(Uint16Array.of(0x3f00, 0x4000).buffer) } as const;
    expect(await rowsOf(await linear({ ...parts, scales: brain }))).toEqual(await rowsOf(await linear(parts)));
    const [row] = await rowsOf(await linear({ ...parts, scales: floats([1, 2], [0.1, 1]) }));
    expect(row![1]).toBe(Math.fround(Math.fround(0.1) * -7));
  });

  it("of rows in another order, or of some of them", async () => {
    const weights = await (await linear(twoRows(0x77))).weights();
    expect([...weights.dequantized([1, 0])]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, -4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5]);
    expect([...weights.halves(Uint32Array.of(1))]).toEqual([0, 0x4000, 0x4400, 0x4600, 0x4800, 0x4900, 0x4a00, 0x4b00]);
    expect(() => weights.dequantized([2])).toThrow("Row 2 of a layer of 2.");
  });

  it("beyond half precision are told, not made infinite", async () => {
    const layer = await linear({ ...twoRows(0x77), scales: halves([1, 2], [0x7bff, 0x4000]) });
    await expect(layer.halves()).rejects.toThrow('"up" has weights beyond 65504');
    expect((await rowsOf(layer))[0]![0]).toBe(-8 * 65504);
  });
});

describe("names of a quantized layer", () => {
  it("are found by their ends", () => {
    const checkpoint = memoryCheckpoint({}, { "a.b.qweight": ints([1], [0]), "a.b.scales": ints([1], [0]), "a.b.bias": ints([1], [0]), lm_head: ints([1], [0]) });
    expect(gptqPrefixes(checkpoint)).toEqual(["a.b"]);
    expect([...checkpoint.tensors.keys()].filter(isGptqPart)).toEqual(["a.b.qweight", "a.b.scales"]);
  });
});

describe("layers with rules of their own (dynamic)", () => {
  const eight = {
    qweight: ints([2, 8], [0x83828180, ...new Array<number>(7).fill(0), 0x7f7e7d7c, ...new Array<number>(7).fill(0)]),
    qzeros: ints([2, 2], new Array<number>(4).fill(0x7f7f7f7f)),
    scales: halves([2, 8], [...new Array<number>(8).fill(0x3c00), ...new Array<number>(8).fill(0x4000)]),
  };

  it("have the bits and groups that their tensors show", async () => {
    const layer = await linear(eight, { dynamic: true, groupSize: 128 });
    expect([layer.inFeatures, layer.outFeatures]).toEqual([8, 8]);
    expect((await rowsOf(layer))[0]).toEqual([0, 1, 2, 3, -8, -6, -4, -2]);
  });

  it("are not guessed where no rule is announced", async () => {
    await expect(linear(eight, { groupSize: 4 })).rejects.toThrow('The tensors of "up" do not fit together as 4 bit GPTQ (qweight 2 × 8, qzeros 2 × 2, scales 2 × 8)');
  });
});
