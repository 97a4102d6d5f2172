import { describe, expect, it } from "vitest";
import type { MetadataEntry } from "../../../../src/core/gguf/writer";
import { planPruning, type PrunePlan, pruningStep } from "../../../../src/core/pruning/prunePlan";
import { type ModelShape, modelHeader } from "./headerOf";

const without = (shape: ModelShape, ...dropBlocks: readonly number[]): PrunePlan => planPruning(modelHeader(shape), { dropBlocks });
const valueOf = ({ metadata }: PrunePlan, key: string): unknown => metadata.find((entry) => entry.key === key)?.value;
const list = (name: string, value: readonly number[]): MetadataEntry => ({ key: `llama.${name}`, type: "array", element: "u32", value });
const scalar = (key: string, value: number): MetadataEntry => ({ key, type: "u32", value });

describe("blocks", () => {
  it("go with their tensors, and those behind them are numbered anew", () => {
    const plan = without({}, 1);
    expect(plan.tensors.map(({ name, source }) => [name, source.name]).filter(([name]) => name!.endsWith("ffn_up.weight"))).toEqual([
      ["blk.0.ffn_up.weight", "blk.0.ffn_up.weight"],
      ["blk.1.ffn_up.weight", "blk.2.ffn_up.weight"],
    ]);
    expect(plan.tensors[0]!.name).toBe("token_embd.weight");
    expect([plan.blocks, valueOf(plan, "llama.block_count"), plan.feedForward, plan.notes]).toEqual([2, 2, 64, []]);
    // 4 × 10, and twice a norm of 4 and three matrices of 4 × 64.
    expect(plan.parameters).toBe(40 + 2 * (4 + 3 * 256));
  });

  it("take their value out of each list that has one for each block, and leave the others", () => {
    const metadata = [list("attention.head_count_kv", [5, 6, 7]), list("rope.dimension_sections", [1, 2, 3]), list("other", [1, 2]), { key: "tokenizer.list", type: "array", element: "u32", value: [1, 2, 3] } as const];
    const plan = without({ metadata }, 0);
    expect(valueOf(plan, "llama.attention.head_count_kv")).toEqual([6, 7]);
    expect(valueOf(plan, "llama.rope.dimension_sections")).toEqual([1, 2, 3]);
    expect(valueOf(plan, "llama.other")).toEqual([1, 2]);
    expect(valueOf(plan, "tokenizer.list")).toEqual([1, 2, 3]);
  });

  it("are counted anew where the first ones are dense, and foretelling ones stay at the end", () => {
    const metadata = [scalar("deepseek.leading_dense_block_count", 2), scalar("deepseek.nextn_predict_layers", 1), { key: "deepseek.pattern", type: "array", element: "u32", value: [7, 8, 9] } as const];
    const shape = { architecture: "deepseek", blocks: 4, metadata };
    const plan = without(shape, 1);
    expect(valueOf(plan, "deepseek.leading_dense_block_count")).toBe(1);
    expect(valueOf(plan, "deepseek.pattern")).toEqual([7, 9]);
    expect(valueOf(without(shape, 2), "deepseek.leading_dense_block_count")).toBe(2);
    expect(() => without(shape, 3)).toThrow("The last block of this model only foretell further tokens: choose among 0 to 2.");
    expect(() => without(shape, 0, 1, 2)).toThrow("At least one of the 3 blocks must stay.");
  });

  it("leave no size in the model's name", () => {
    const metadata: readonly MetadataEntry[] = [{ key: "general.size_label", type: "string", value: "8B" }];
    expect(valueOf(without({ metadata }, 0), "general.size_label")).toBeUndefined();
  });

  it.each([
    [{}, [3], "This model has no block 3: its blocks are 0 to 2."],
    [{}, [0.5], "no block 0.5"],
    [{}, [0, 1, 2], "At least one of the 3 blocks must stay."],
    [{}, [], "Nothing would be left out"],
    [{ architecture: "newkind" }, [0], "Decant does not leave out blocks of newkind models"],
    [{ metadata: [scalar("split.count", 3)] }, [0], "split into several files"],
    [{ metadata: [scalar("llama.attention.shared_kv_layers", 1)] }, [0], "(attention.shared_kv_layers)"],
    [{ metadata: [scalar("llama.block_count", 2)] }, [0], "it has 2 blocks, but holds blk.2."],
    [{ metadata: [{ key: "general.type", type: "string", value: "adapter" }] }, [0], "holds no model"],
  ] as const)("%j without %j is refused", (shape, dropped, sentence) => {
    expect(() => without(shape, ...dropped)).toThrow(sentence);
  });
});

describe("blocks that llama.cpp tells by their number", () => {
  const gemma = { architecture: "gemma3", blocks: 8, metadata: [scalar("gemma3.attention.sliding_window", 512)] };

  it("go only where none of those behind changes its kind", () => {
    expect(() => without(gemma, 2)).toThrow("Leave out 6 neighbours, e.g. 0 to 5.");
    expect(without(gemma, 0, 1, 2, 3, 4, 5).blocks).toBe(2);
    expect(without(gemma, 1, 2, 3, 4, 5, 6).blocks).toBe(2);
    // Behind the last of a kind nothing shifts.
    expect(without(gemma, 7).blocks).toBe(7);
  });

  it("have the period that the file says, or are all alike", () => {
    const every2 = { ...gemma, metadata: [...gemma.metadata, scalar("gemma3.attention.sliding_window_pattern", 2)] };
    expect(without(every2, 2, 3).blocks).toBe(6);
    expect(() => without(every2, 2)).toThrow("Of each 2 blocks");
    expect(without({ ...gemma, metadata: [] }, 2).blocks).toBe(7);
    const listed: MetadataEntry = { key: "qwen3next.attention.recurrent_layers", type: "array", element: "bool", value: [true, true, true, false, true, true, true, false] };
    expect(valueOf(without({ architecture: "qwen3next", blocks: 8, metadata: [listed] }, 3), "qwen3next.attention.recurrent_layers")).toEqual([true, true, true, true, true, true, false]);
    expect(() => without({ architecture: "qwen3next", blocks: 8 }, 3)).toThrow("full attention");
  });

  it("stay where their count is what llama.cpp knows the model by", () => {
    expect(() => without({ architecture: "gemma2", blocks: 46 }, 0, 1)).toThrow("27 B by its 46 blocks");
  });
});

describe("neurons", () => {
  const narrowed = (shape: ModelShape, feedForward: number): PrunePlan => planPruning(modelHeader(shape), { dropBlocks: [], feedForward });
  const shapes = ({ tensors }: PrunePlan, block = 0): Record<string, readonly number[]> =>
    Object.fromEntries(tensors.filter(({ name }) => name.startsWith(`blk.${block}.`)).map(({ name, shape }) => [name.split(".")[2] + (name.endsWith("bias") ? " bias" : ""), shape]));

  it("are rows of gate and up, and columns of down", () => {
    const more = (block: number) => [{ name: `blk.${block}.ffn_up.bias`, type: "F32", shape: [64] }, { name: `blk.${block}.ffn_down.bias`, type: "F32", shape: [4] }];
    const plan = narrowed({ more }, 48);
    expect(shapes(plan, 2)).toEqual({ ffn_norm: [4], ffn_up: [4, 48], ffn_gate: [4, 48], ffn_down: [48, 4], "ffn_up bias": [48], "ffn_down bias": [4] });
    expect([plan.feedForward, valueOf(plan, "llama.feed_forward_length"), plan.narrowed.length]).toEqual([48, 48, 3]);
    expect(plan.notes[0]).toMatch(/^48 neurons are no multiple of 256/);
  });

  it("have two rows where one matrix holds gate and up", () => {
    expect(shapes(narrowed({ upRows: 128 }, 48))).toEqual({ ffn_norm: [4], ffn_up: [4, 96], ffn_down: [48, 4] });
  });

  it("are so many in each block that has more", () => {
    const metadata = [list("feed_forward_length", [64, 64, 64])];
    const plan = planPruning(modelHeader({ metadata }), { dropBlocks: [0], feedForward: 32 });
    expect(valueOf(plan, "llama.feed_forward_length")).toEqual([32, 32]);
    expect(pruningStep(plan, { dropBlocks: [0], feedForward: 32 })).toBe("prune 1 block (0), feed-forward to 50 %");
  });

  it.each([
    [{}, 65, "65 neurons cannot be kept: a block of this model has 64."],
    [{}, 64, "Nothing would be left out"],
    [{}, 1.5, "at least 1"],
    [{ down: "Q8_0" }, 40, "must be a multiple of 32, because ffn_down is stored as Q8_0 in blocks of so many weights: take 32."],
    [{ more: (block: number) => [{ name: `blk.${block}.ffn_gate_exps.weight`, type: "F32", shape: [4, 64, 2] }] }, 32, "mixture of experts"],
    [{ more: (block: number) => [{ name: `blk.${block}.ffn_sub_norm.weight`, type: "F32", shape: [64] }] }, 32, "blk.0.ffn_sub_norm.weight has a value for each neuron"],
    [{ upRows: 96 }, 32, "Block 0 has no feed-forward part of a kind that Decant knows"],
  ])("%j with %d is refused", (shape, feedForward, sentence) => {
    expect(() => narrowed(shape, feedForward)).toThrow(sentence);
  });

  it("of quantized columns cost a rounding, which is said", () => {
    expect(narrowed({ down: "Q8_0" }, 32).notes).toEqual(["The columns of ffn_down were quantized again (Q8_0), which adds a rounding error: pruning the original and quantizing after is more exact."]);
  });
});
