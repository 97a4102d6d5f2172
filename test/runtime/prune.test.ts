import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { PruneParams, PruneResult } from "../../src/protocol/compression";
import { estimateMemory } from "../../src/runtime/evaluation/memoryEstimate";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import type { OutputOptions } from "../../src/runtime/gguf/ggufOutput";
import { quantize } from "../../src/runtime/compression/quantizer";
import { prune } from "../../src/runtime/pruning/pruner";
import { sampleModel } from "./buildRuntime";
import { tensorOf, withIdleBlocks, withMetadata, withTensors } from "./changedModel";
import { distance, logitsOf } from "./nativeLogits";
import { sumsFor, writeMatrixFor } from "./tinyMatrix";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-prune-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const tokens = [1, 5, 80, 101, 33, 200, 77, 12];
const never = new AbortController().signal;
const tryLoad = (path: string): Promise<unknown> => estimateMemory({ path, context: 32, cacheType: "F16" });

function pruned(input: string, name: string, wish: Partial<PruneParams>, signal = never, options: OutputOptions = {}): Promise<PruneResult> {
  return prune({ input, output: at(name), dropBlocks: [], ...wish }, () => undefined, signal, { tryLoad, ...options });
}

const three = writeTinyModel(at("three.gguf"), { blocks: 3 });

describe("blocks", () => {
  it("a block that does nothing can go without any difference", async () => {
    const idle = withIdleBlocks(three, at("idle.gguf"), [1]);
    const { blocks, parameters } = await pruned(idle, "idle-pruned.gguf", { dropBlocks: [1] });
    expect(blocks).toBe(2);
    expect(parameters).toBe(readHeader(at("idle-pruned.gguf")).tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0));
    const [whole, without] = [await logitsOf(idle, tokens), await logitsOf(at("idle-pruned.gguf"), tokens)];
    expect(distance(whole, without)).toBeLessThan(1e-6);
    expect(Math.max(...whole[0]!)).toBeGreaterThan(0.1);
    // The first block does something: that the second one went, and not the first, shows.
    await pruned(idle, "other-pruned.gguf", { dropBlocks: [0] });
    expect(distance(whole, await logitsOf(at("other-pruned.gguf"), tokens))).toBeGreaterThan(1e-2);
  });

  it("numbers the blocks that stay anew, byte by byte as they were", async () => {
    const result = await pruned(three, "last.gguf", { dropBlocks: [0, 1, 1] });
    expect(result.blocks).toBe(1);
    expect(tensorOf(at("last.gguf"), "blk.0.ffn_up.weight").equals(tensorOf(three, "blk.2.ffn_up.weight"))).toBe(true);
    expect(tensorOf(at("last.gguf"), "token_embd.weight").equals(tensorOf(three, "token_embd.weight"))).toBe(true);
    const { metadata, tensors } = readHeader(at("last.gguf"));
    expect(tensors.filter(({ name }) => name.startsWith("blk.1."))).toEqual([]);
    expect(metadata["llama.block_count"]).toBe(1);
    expect(metadata["decant.step"]).toBe("prune 2 blocks (0, 1)");
    expect(metadata["decant.parent"]).toBe("three.gguf");
  });

  it("rewrites lists with a value for each block", async () => {
    const lists = withMetadata(three, at("lists.gguf"), [
      { key: "llama.attention.head_count_kv", type: "array", element: "u32", value: [8, 8, 8] },
      { key: "llama.feed_forward_length", type: "array", element: "u32", value: [512, 512, 512] },
      { key: "llama.attention.head_count", type: "array", element: "u32", value: [8, 8, 8] },
    ]);
    await pruned(lists, "lists-pruned.gguf", { dropBlocks: [1] });
    const { metadata } = readHeader(at("lists-pruned.gguf"));
    expect(metadata["llama.attention.head_count_kv"]).toEqual([8, 8]);
    expect(metadata["llama.feed_forward_length"]).toEqual([512, 512]);
    expect(distance(await logitsOf(at("lists-pruned.gguf"), tokens), await logitsOf(await alone("plain-pruned.gguf"), tokens))).toBe(0);

    async function alone(name: string): Promise<string> {
      await pruned(three, name, { dropBlocks: [1] });
      return at(name);
    }
  });

  it("copies the bytes of a quantized model", async () => {
    await quantize({ input: sampleModel(), output: at("sample-Q4_K_M.gguf"), recipe: { type: "Q4_K_M" }, threads: 1 }, () => undefined, never);
    const result = await pruned(at("sample-Q4_K_M.gguf"), "sample-Q4_K_M-pruned.gguf", { dropBlocks: [2] });
    expect(result.notes).toEqual([]);
    expect(tensorOf(result.path, "blk.2.attn_v.weight").equals(tensorOf(at("sample-Q4_K_M.gguf"), "blk.3.attn_v.weight"))).toBe(true);
    expect(readHeader(result.path).metadata["decant.history"]).toBe("quantize Q4_K_M");
  });

  it.each([
    [[3], "This model has no block 3: its blocks are 0 to 2."],
    [[-1], "no block -1"],
    [[0, 1, 2], "At least one of the 3 blocks must stay."],
    [[], "Nothing would be left out"],
  ])("refuses %j", async (dropBlocks, sentence) => {
    await expect(pruned(three, "refused.gguf", { dropBlocks })).rejects.toThrow(sentence);
    expect(existsSync(at("refused.gguf"))).toBe(false);
  });
});

describe("neurons", () => {
  /** Neurons 100 to 199 of block 0 say nothing, and 300 of block 1. */
  const silent = withTensors(three, at("silent.gguf"), (name, bytes) => {
    const quiet = name === "blk.0.ffn_gate.weight" ? [100, 199] : name === "blk.1.ffn_up.weight" ? [300, 300] : undefined;
    if (!quiet) return undefined;
    return bytes.fill(0, quiet[0]! * 512, (quiet[1]! + 1) * 512);
  });

  it("silent neurons go first, and make no difference", async () => {
    const one = await pruned(silent, "silent-511.gguf", { feedForward: 511 });
    expect(one.feedForward).toBe(511);
    const [up, before] = [tensorOf(one.path, "blk.1.ffn_gate.weight"), tensorOf(silent, "blk.1.ffn_gate.weight")];
    expect(up.equals(Buffer.concat([before.subarray(0, 300 * 512), before.subarray(301 * 512)]))).toBe(true);
    // 512 rows of 512 neurons, in half precision: column 300 goes.
    const [down, downBefore] = [tensorOf(one.path, "blk.1.ffn_down.weight"), tensorOf(silent, "blk.1.ffn_down.weight")];
    expect(down.readUInt16LE(2 * 300)).toBe(downBefore.readUInt16LE(2 * 301));
    expect(down.readUInt16LE(2 * 511)).toBe(downBefore.readUInt16LE(2 * 512));
    expect(readHeader(one.path).metadata["llama.feed_forward_length"]).toBe(511);
    expect(readHeader(one.path).metadata["decant.step"]).toBe("prune feed-forward to 99.8 %");
  });

  it("leaves the logits as they were when only silent ones go", async () => {
    const quiet = withTensors(three, at("quiet.gguf"), (name, bytes) => (name.endsWith("ffn_gate.weight") ? bytes.fill(0, 0, 256 * 512) : undefined));
    await pruned(quiet, "quiet-256.gguf", { feedForward: 256 });
    expect(tensorOf(at("quiet-256.gguf"), "blk.2.ffn_up.weight").equals(tensorOf(quiet, "blk.2.ffn_up.weight").subarray(256 * 512))).toBe(true);
    expect(distance(await logitsOf(quiet, tokens), await logitsOf(at("quiet-256.gguf"), tokens))).toBeLessThan(1e-5);
  });

  it("asks an importance matrix", async () => {
    // Columns grow with their number, and of all but one block only a little.
    const sums = sumsFor(three);
    const down = sums.get("blk.0.ffn_down.weight")!;
    down.sums.fill(1, 0, 256).fill(1e9, 256);
    const imatrix = await writeMatrixFor(three, at("matrix.gguf"), sums);
    await pruned(three, "by-matrix.gguf", { feedForward: 256, imatrix });
    expect(tensorOf(at("by-matrix.gguf"), "blk.0.ffn_up.weight").equals(tensorOf(three, "blk.0.ffn_up.weight").subarray(256 * 512))).toBe(true);
  });

  it("drops blocks and neurons of the sample model at once", async () => {
    const { blocks, feedForward, bytes, notes } = await pruned(sampleModel(), "both.gguf", { dropBlocks: [1, 3], feedForward: 512 });
    expect([blocks, feedForward, notes]).toEqual([3, 512, []]);
    expect(bytes).toBe(readFileSync(at("both.gguf")).length);
    expect(readHeader(at("both.gguf")).metadata["decant.step"]).toBe("prune 2 blocks (1, 3), feed-forward to 66.7 %");
    expect(readHeader(at("both.gguf")).metadata["llama.feed_forward_length"]).toBe(512);
  });

  it("quantizes the columns of a quantized model again, and says so", async () => {
    await quantize({ input: sampleModel(), output: at("sample-Q8_0.gguf"), recipe: { type: "Q8_0" }, threads: 1 }, () => undefined, never);
    const { notes } = await pruned(at("sample-Q8_0.gguf"), "sample-Q8_0-512.gguf", { feedForward: 512 });
    expect(notes[0]).toMatch(/^The columns of ffn_down were quantized again \(Q8_0\)/);
    await pruned(sampleModel(), "sample-512.gguf", { feedForward: 512 });
    const [own, original] = [await logitsOf(at("sample-Q8_0-512.gguf"), tokens), await logitsOf(at("sample-512.gguf"), tokens)];
    expect(distance(own, original)).toBeLessThan(0.5);
    await expect(pruned(at("sample-Q8_0.gguf"), "x.gguf", { feedForward: 500 })).rejects.toThrow("must be a multiple of 32, because ffn_down is stored as Q8_0 in blocks of so many weights: take 512.");
  });

  it.each([[513, "513 neurons cannot be kept"], [0, "must be at least 1"]])("refuses %d", async (feedForward, sentence) => {
    await expect(pruned(three, "refused.gguf", { feedForward })).rejects.toThrow(sentence);
  });

  it("refuses weights that are no numbers", async () => {
    const nan = withTensors(three, at("nan.gguf"), (name, bytes) => (name === "blk.1.ffn_up.weight" ? bytes.fill(0x7e) : undefined));
    await expect(pruned(nan, "nan-pruned.gguf", { feedForward: 256 })).rejects.toThrow("Block 1 holds weights that are no numbers");
    // Block 1 is not ranked when it goes.
    await expect(pruned(nan, "nan-whole.gguf", { dropBlocks: [0] })).rejects.toThrow("which was deleted: The model computes numbers that are not finite");
    expect(existsSync(at("nan-whole.gguf"))).toBe(false);
  });
});

describe("faults", () => {
  it("leaves nothing after a cancel, at whatever point", async () => {
    const controller = new AbortController();
    const output = at("cancelled.gguf");
    const work = prune({ input: three, output, dropBlocks: [1], feedForward: 256 }, ({ label }) => { if (label === "Writing") controller.abort(); }, controller.signal, { tryLoad });
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    const later = new AbortController();
    const running = prune({ input: three, output, dropBlocks: [1] }, ({ label }) => { if (label === "Running the result") later.abort(); }, later.signal, { tryLoad });
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect(readdirSync(folder).filter((name) => name.startsWith("cancelled"))).toEqual([]);
  });

  it("leaves nothing on a full disk, and takes neither the model's own place nor another's", async () => {
    await expect(pruned(three, "full.gguf", { dropBlocks: [1] }, never, { free: () => Promise.resolve(1000) })).rejects.toMatchObject({ code: "diskFull" });
    expect(readdirSync(folder).filter((name) => name.startsWith("full"))).toEqual([]);
    await expect(pruned(three, "three.gguf", { dropBlocks: [1] })).rejects.toMatchObject({ code: "sameFile" });
    await expect(pruned(three, "silent.gguf", { dropBlocks: [1] })).rejects.toMatchObject({ code: "outputExists" });
  });

  it("keeps no file that llama.cpp refuses", async () => {
    await expect(pruned(three, "untaken.gguf", { dropBlocks: [1] }, never, { tryLoad: () => Promise.reject(new Error("no")) })).rejects.toThrow("llama.cpp does not take what was made, which was deleted: no");
    expect(existsSync(at("untaken.gguf"))).toBe(false);
  });
});
