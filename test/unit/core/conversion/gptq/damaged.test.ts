import { describe, expect, it } from "vitest";
import { gptqLinear } from "../../../../../src/core/conversion/gptq/gptqLinear";
import type { GptqConfig } from "../../../../../src/core/conversion/gptq/quantConfig";
import { HumanError } from "../../../../../src/protocol/humanError";
import { halves, ints, memoryCheckpoint, type MemoryTensor } from "./memoryCheckpoint";

const config: GptqConfig = { bits: 4, groupSize: 4, symmetric: true, actOrder: false, format: "gptq", dynamic: false };
/** 8 inputs in two groups, 8 outputs. */
const whole: Readonly<Record<string, MemoryTensor>> = {
  qweight: ints([1, 8], [0, 0, 0, 0, 0, 0, 0, 0]),
  qzeros: ints([2, 1], [0x77777777, 0x77777777]),
  scales: halves([2, 8], new Array<number>(16).fill(0x3c00)),
  g_idx: ints([8], [0, 0, 0, 0, 1, 1, 1, 1]),
};

/** The sentence that a layer is refused with. */
async function refusal(changes: Readonly<Record<string, MemoryTensor | undefined>>, settings: Partial<GptqConfig> = {}): Promise<string> {
  const parts = Object.entries({ ...whole, ...changes }).flatMap(([part, tensor]) => (tensor ? [[`a.b.${part}`, tensor] as const] : []));
  try {
    await gptqLinear(memoryCheckpoint({}, Object.fromEntries(parts)), "a.b", { ...config, ...settings });
  } catch (error) {
    if (error instanceof HumanError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("a layer that cannot be", () => {
  it("is refused in a sentence, a whole one is not", async () => {
    expect(await refusal({})).toBe("accepted");
  });

  it.each(["qweight", "qzeros", "scales"])("lacks %s", async (part) => {
    expect(await refusal({ [part]: undefined })).toBe(`"a.b" has no ${part}, which every layer of a GPTQ checkpoint has. A file is missing or damaged.`);
  });

  it.each([
    ["more inputs in g_idx than codes", { g_idx: ints([16], new Array<number>(16).fill(0)) }, "g_idx 16)"],
    ["scales of other outputs", { scales: halves([2, 7], new Array<number>(14).fill(0x3c00)) }, "scales 2 × 7"],
    ["zeros of other groups", { qzeros: ints([3, 1], [0, 0, 0]) }, "qzeros 3 × 1"],
    ["zeros of other bits", { qzeros: ints([2, 2], [0, 0, 0, 0]) }, "qzeros 2 × 2"],
  ])("has %s", async (_, changes, words) => {
    const sentence = await refusal(changes);
    expect(sentence).toContain('The tensors of "a.b" do not fit together as 4 bit GPTQ');
    expect(sentence).toContain(words);
  });

  it("has more groups than inputs", async () => {
    const many = { qzeros: ints([9, 1], new Array<number>(9).fill(0)), scales: halves([9, 8], new Array<number>(72).fill(0x3c00)) };
    expect(await refusal(many)).toContain("do not fit together");
  });

  it("has tensors of other dimensions or types", async () => {
    expect(await refusal({ qweight: ints([8], [0, 0, 0, 0, 0, 0, 0, 0]) })).toContain('"a.b.qweight" should be a matrix, but its shape is 8');
    expect(await refusal({ scales: ints([], [1]) })).toContain('"a.b.scales" should be a matrix, but its shape is that of one number');
    expect(await refusal({ g_idx: ints([2, 4], [0, 0, 0, 0, 1, 1, 1, 1]) })).toContain('"a.b.g_idx" should be a list');
    expect(await refusal({ qweight: { dtype: "I16", shape: [1, 8], data: new Uint8Array(16) } })).toBe('"a.b.qweight" is kept as I16, where GPTQ has I32. It cannot be converted.');
    expect(await refusal({ scales: ints([2, 8], new Array<number>(16).fill(1)) })).toContain("is kept as I32, where GPTQ has F16, BF16, F32");
  });

  it.each([[2, "group 2"], [-1, "group -1"]])("puts an input into a group that there is not: %i", async (group, words) => {
    expect(await refusal({ g_idx: ints([8], [0, 0, 0, group, 1, 1, 1, 1]) })).toBe(`"a.b.g_idx" puts input 3 into ${words}, but there are 2 groups. The checkpoint is damaged.`);
  });

  it("is in act-order, but does not say in which", async () => {
    expect(await refusal({ g_idx: undefined }, { actOrder: true })).toContain("no g_idx says which inputs share a scale");
    expect(await refusal({ g_idx: ints([8], [0, 0, 0, 0, 0, 0, 0, 0]) }, { actOrder: true })).toContain("no g_idx says which inputs share a scale");
  });

  it("has another number of groups than its configuration", async () => {
    expect(await refusal({ g_idx: undefined }, { groupSize: 2 })).toContain("has 2 scales for 8 inputs, which do not make groups of 2");
  });

  it.each([["NaN", 0x7e00], ["infinite", 0xfc00]])("has a scale that is %s", async (_, bits) => {
    expect(await refusal({ scales: halves([2, 8], [...new Array<number>(15).fill(0x3c00), bits]) })).toContain('"a.b.scales" holds numbers that are none');
  });

  it("ends before its tensor does", async () => {
    const checkpoint = memoryCheckpoint({}, Object.fromEntries(Object.entries(whole).map(([part, tensor]) => [`a.b.${part}`, tensor])));
    const short = checkpoint.tensors.get("a.b.scales")!;
    const tensors = new Map([...checkpoint.tensors, ["a.b.scales", { ...short, bytes: 32, read: () => Promise.resolve(new Uint8Array(30)) }]]);
    await expect(gptqLinear({ ...checkpoint, tensors }, "a.b", config)).rejects.toThrow('"a.b.scales" is cut off: 30 of 32 bytes could be read.');
  });
});
