import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convert } from "../../src/runtime/conversion/converter";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { rankBlocks } from "../../src/runtime/pruning/blockRanking";
import { prune } from "../../src/runtime/pruning/pruner";
import { type CheckpointFamily, checkpointContents, type CheckpointTensors, writeCheckpoint } from "../checkpoint";
import { withTensors } from "./changedModel";
import { distance, logitsOf } from "./nativeLogits";
import { plainLogits } from "./plainTransformer";

const folder = mkdtempSync(join(tmpdir(), "decant-families-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const nothing = (): void => undefined;
const tokens = Array.from({ length: 24 }, (_, index) => (index * index * 7 + index * 31 + 5) % 320);

/** llama.cpp takes Phi's factors for long texts by the context, of 256 tokens at least, not by the text: here both are short. */
const settings: Readonly<Partial<Record<CheckpointFamily, Readonly<Record<string, unknown>>>>> = {
  phi3: { original_max_position_embeddings: 256, max_position_embeddings: 1024 },
};

/** Without its first blocks; the others are numbered anew. */
function without(tensors: CheckpointTensors, first: number): CheckpointTensors {
  return Object.fromEntries(Object.entries(tensors).flatMap(([name, tensor]) => {
    const [, before, block, rest] = /^(.*layers\.)(\d+)(\..*)$/.exec(name) ?? [];
    if (block === undefined) return [[name, tensor]];
    return Number(block) < first ? [] : [[`${before}${Number(block) - first}${rest}`, tensor]];
  }));
}

describe.each<CheckpointFamily>(["llama", "qwen2", "qwen3", "phi2", "phi3", "gemma", "gemma2", "gemma3"])("%s", (family) => {
  const at = (name: string): string => join(folder, `${family}-${name}.gguf`);
  const options = { family, dtype: "F32", config: settings[family] } as const;
  beforeAll(async () => {
    await convert({ input: writeCheckpoint(join(folder, family), options), output: at("whole"), type: "auto" }, nothing, never);
  });

  it("has blocks that can be ranked", async () => {
    const { blocks } = await rankBlocks({ model: at("whole"), texts: [{ name: "t", text: "the quick brown fox jumps over the lazy dog ".repeat(20) }], context: 32, chunks: 2, threads: 1, leaveOut: false }, nothing, never);
    expect(blocks).toHaveLength(2);
    for (const { influence } of blocks) expect(influence).toBeGreaterThan(0.01);
  });

  // The blocks of Gemma 2 are of two kinds by turns.
  it.skipIf(family === "gemma2")("computes without its first block what the second one means alone", async () => {
    await prune({ input: at("whole"), output: at("second"), dropBlocks: [0] }, nothing, never);
    const { tensors, files } = checkpointContents(options);
    const config = { ...(JSON.parse(String(files["config.json"])) as Readonly<Record<string, unknown>>), num_hidden_layers: 1 };
    const expected = plainLogits({ family, config, tensors: without(tensors, 1) }, tokens).map((row) => Float32Array.from(row));
    const largest = Math.max(...expected.flatMap((row) => [...row.map(Math.abs)]));
    // ggml looks GELU up in a table of half precision.
    expect(distance(await logitsOf(at("second"), tokens), expected) / largest).toBeLessThan(1e-3);
  });

  it.runIf(family === "gemma2")("keeps the kinds of its blocks", async () => {
    await expect(prune({ input: at("whole"), output: at("second"), dropBlocks: [0] }, nothing, never)).rejects.toThrow("Leave out 2 neighbours, e.g. 0 to 1.");
    expect((await prune({ input: at("whole"), output: at("first"), dropBlocks: [1] }, nothing, never)).blocks).toBe(1);
  });

  it("computes the same without neurons that add nothing", async () => {
    // All but 64 of them, evenly spread: their columns of ffn_down are zero.
    const quiet = withTensors(at("whole"), at("quiet"), (name, bytes) => {
      if (!name.endsWith("ffn_down.weight")) return undefined;
      const neurons = bytes.length / 4 / 64;
      const kept = (neuron: number): number => Math.floor((neuron * 64) / neurons);
      for (let index = 0; index < bytes.length / 4; index++) if (kept(index % neurons) === kept((index % neurons) + 1)) bytes.writeFloatLE(0, 4 * index);
      return bytes;
    });
    const { feedForward } = await prune({ input: quiet, output: at("narrow"), dropBlocks: [], feedForward: 64 }, nothing, never);
    expect(feedForward).toBe(64);
    const up = readHeader(at("narrow")).tensors.find(({ name }) => name === "blk.1.ffn_up.weight")!;
    expect(up.shape).toEqual([64, family === "phi3" ? 128 : 64]);
    expect(distance(await logitsOf(quiet, tokens), await logitsOf(at("narrow"), tokens))).toBeLessThan(1e-4);
  });
});
