import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RankBlocksParams, WorkProgress } from "../../src/protocol/compression";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { TensorFile } from "../../src/runtime/gguf/tensorFile";
import { rankBlocks } from "../../src/runtime/pruning/blockRanking";
import { LeavingOut } from "../../src/runtime/pruning/leavingOut";
import { prune } from "../../src/runtime/pruning/pruner";
import { sampleModel } from "./buildRuntime";
import { withIdleBlocks, withMetadata, withTensors } from "./changedModel";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-rank-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const evaluationText = readFileSync(resolve(__dirname, "../../media/samples/evaluation-text.txt"), "utf8");
const never = new AbortController().signal;

/** The folder for temporary files of these tests. */
const scratch = mkdtempSync(join(tmpdir(), "decant-rank-scratch-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => void vi.stubEnv("TMPDIR", scratch));
afterEach(() => {
  expect(readdirSync(scratch)).toEqual([]);
  vi.unstubAllEnvs();
});

function reading(model: string, more: Partial<RankBlocksParams> = {}): RankBlocksParams {
  return { model, texts: [{ name: "text", text: evaluationText.slice(0, 400) }], context: 64, chunks: 3, threads: 1, leaveOut: false, ...more };
}

const three = writeTinyModel(at("three.gguf"), { blocks: 3 });

describe("influence", () => {
  it("is 0 of a block that adds nothing, and the same whether others are idle or not there", async () => {
    const idle = withIdleBlocks(three, at("idle.gguf"), [1]);
    const { blocks, tokens, perplexity } = await rankBlocks(reading(idle), () => undefined, never);
    expect(blocks.map(({ block }) => block)).toEqual([0, 1, 2]);
    expect(blocks[1]).toEqual({ block: 1, influence: expect.closeTo(0, 7) });
    expect(blocks[0]!.influence).toBeGreaterThan(0.01);
    expect([tokens, perplexity]).toEqual([192, undefined]);
    await prune({ input: idle, output: at("two.gguf"), dropBlocks: [1] }, () => undefined, never);
    const two = await rankBlocks(reading(at("two.gguf")), () => undefined, never);
    expect(two.blocks.map(({ influence }) => influence)).toEqual([blocks[0]!.influence, blocks[2]!.influence]);
  });

  it("follows contexts that llama.cpp reads piece by piece", async () => {
    const progress: WorkProgress[] = [];
    const long = await rankBlocks(reading(sampleModel(), { texts: [{ name: "t", text: evaluationText }], context: 512, chunks: 2 }), (each) => progress.push(each), never);
    expect(long.blocks).toHaveLength(5);
    // The first block of a trained model turns the embeddings most.
    expect(Math.max(...long.blocks.map(({ influence }) => influence))).toBe(long.blocks[0]!.influence);
    expect(progress.at(-1)).toEqual({ done: 2, all: 2, label: "Reading the text" });
  });

  it("tells of models whose blocks it cannot see, of short texts and of numbers that are none", async () => {
    await expect(rankBlocks(reading(three, { texts: [{ name: "t", text: "short" }] }), () => undefined, never)).rejects.toMatchObject({ code: "textTooShort" });
    const nan = withTensors(three, at("nan.gguf"), (name, bytes) => (name === "blk.1.ffn_up.weight" ? bytes.fill(0x7e) : undefined));
    await expect(rankBlocks(reading(nan), () => undefined, never)).rejects.toThrow("numbers that are none (behind block 1)");
    const parts = withMetadata(three, at("parts.gguf"), [{ key: "split.count", type: "u16", value: 2 }]);
    await expect(rankBlocks(reading(parts), () => undefined, never)).rejects.toThrow("split into several files");
  });
});

describe("leaving out", () => {
  it("finds that a block that adds nothing is not missed", async () => {
    const idle = withIdleBlocks(three, at("idle-too.gguf"), [1]);
    const { blocks, perplexity } = await rankBlocks(reading(idle, { leaveOut: true }), () => undefined, never);
    expect(blocks[1]!.without!.kl).toBeCloseTo(0, 6);
    expect(blocks[1]!.without!.perplexity).toBeCloseTo(perplexity!, 3);
    expect(blocks[0]!.without!.kl).toBeGreaterThan(1e-3);
  });

  it("gives the figures of measuring the pruned model on the same text", async () => {
    // All chunks of a text are those that measuring cuts.
    const text = evaluationText.slice(0, 400);
    const ranking = await rankBlocks(reading(three, { leaveOut: true, chunks: undefined }), () => undefined, never);
    await prune({ input: three, output: at("without-2.gguf"), dropBlocks: [2] }, () => undefined, never);
    const { rows } = await measure({ base: three, variants: [at("without-2.gguf")], otherShapes: true, text, context: 64, threads: 1, generation: false }, () => undefined, never);
    expect(ranking.perplexity).toBeCloseTo(rows[0]!.perplexity.value, 4);
    expect(ranking.blocks[2]!.without!.perplexity).toBeCloseTo(rows[1]!.perplexity.value, 4);
    expect(ranking.blocks[2]!.without!.kl).toBeCloseTo(rows[1]!.kl!.mean, 6);
  });

  it("tells what it is doing, and counts to the end", async () => {
    const progress: WorkProgress[] = [];
    await rankBlocks(reading(three, { leaveOut: true }), (each) => progress.push(each), never);
    // The text once, and once each with the whole model and without each of three blocks.
    expect(progress.at(-1)).toEqual({ done: 15, all: 15, label: "Reading without blocks 0 to 2" });
    expect(progress.every(({ done }, index) => done >= (progress[index - 1]?.done ?? 0))).toBe(true);
  });

  it("refuses a model that does not fit twice, before it reads", async () => {
    const file = await TensorFile.open(three);
    try {
      await expect(LeavingOut.of(openNativeLibrary(), file, reading(three), {}, 2 ** 20)).rejects.toMatchObject({ code: "modelTooLarge" });
    } finally {
      await file.close();
    }
  });

  it("leaves nothing behind a cancel or a full disk", async () => {
    const controller = new AbortController();
    const work = rankBlocks(reading(three, { leaveOut: true }), ({ label }) => { if (label!.startsWith("Reading without")) controller.abort(); }, controller.signal);
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    await expect(rankBlocks(reading(three, { leaveOut: true }), () => undefined, never, { free: () => Promise.resolve(0) })).rejects.toMatchObject({ code: "diskFull" });
    expect(existsSync(three)).toBe(true);
  });

  it("refuses a model of one block", async () => {
    const one = writeTinyModel(at("one.gguf"));
    await expect(rankBlocks(reading(one, { leaveOut: true }), () => undefined, never)).rejects.toThrow("At least one of the 1 blocks must stay.");
  });
});
