import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { getLlama, type Llama } from "node-llama-cpp";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConversionType } from "../../src/protocol/rpc";
import { convert } from "../../src/runtime/conversion/converter";
import { estimateMemory } from "../../src/runtime/evaluation/memoryEstimate";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { type CheckpointFamily, writeCheckpoint } from "../checkpoint";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { realClient } from "./realClient";
import { readGguf, writeSampleCheckpoint } from "./sampleCheckpoint";

const folder = mkdtempSync(join(tmpdir(), "decant-convert-"));
const never = new AbortController().signal;
const text = readFileSync(resolve(__dirname, "../../media/samples/supply-agreement.md"), "utf8");
let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: 1 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function converted(input: string, name: string, type: ConversionType = "auto"): Promise<string> {
  return (await convert({ input, output: join(folder, `${name}.gguf`), type }, () => undefined, never, { tryLoad: (path) => estimateMemory({ path, context: 32, cacheType: "F16" }) })).path;
}

describe("the sample model, exported as a checkpoint and converted", () => {
  it("has the same weights and the same vocabulary, and says the same", async () => {
    const path = await converted(writeSampleCheckpoint(join(folder, "sample")), "sample-F16");
    const [before, after] = [readGguf(sampleModel()), readGguf(path)];
    for (const { name, type, shape, offset, bytes } of before.header.tensors) {
      const twin = after.header.tensors.find((tensor) => tensor.name === name);
      expect(twin).toMatchObject({ type, shape });
      const [from, to] = [before.header.dataOffset + offset, after.header.dataOffset + twin!.offset];
      expect(after.bytes.subarray(to, to + bytes).equals(before.bytes.subarray(from, from + bytes)), name).toBe(true);
    }
    expect(after.header.tensors).toHaveLength(before.header.tensors.length);
    for (const key of ["model", "pre", "tokens", "token_type", "merges", "bos_token_id", "eos_token_id"].map((name) => `tokenizer.ggml.${name}`)) expect(after.header.metadata[key], key).toEqual(before.header.metadata[key]);
    const { rows: [original, own] } = await measure({ base: sampleModel(), variants: [path], text, context: 128, chunks: 3, threads: 1, generation: false }, () => undefined, never);
    expect(own).toMatchObject({ perplexity: original!.perplexity, kl: { mean: 0, p99: 0 }, top1Agreement: 1 });
  });

  it("loses next to nothing as Q8_0", async () => {
    const path = await converted(join(folder, "sample"), "sample-Q8_0", "Q8_0");
    const { rows: [original, small] } = await measure({ base: sampleModel(), variants: [path], text, context: 128, chunks: 3, threads: 1, generation: false }, () => undefined, never);
    expect(small!.kl!.mean).toBeGreaterThan(0);
    expect(small!.kl!.mean).toBeLessThan(0.002);
    expect(small!.bytes).toBeLessThan(0.55 * original!.bytes);
  });
});

describe("every family", () => {
  it.each<CheckpointFamily>(["llama", "llama3", "mistral", "qwen2", "qwen3", "phi2", "phi3", "gemma", "gemma2", "gemma3"])("%s loads, and answers with numbers", async (family) => {
    const path = await converted(writeCheckpoint(join(folder, family), { family }), family);
    const { rows: [row] } = await measure({ base: path, variants: [], text: "the cat in the hat and the rest of the tale ".repeat(12), context: 64, chunks: 2, threads: 1, generation: false }, () => undefined, never);
    // Random weights know nothing: about as many choices as there are tokens.
    expect(row!.perplexity.value).toBeGreaterThan(100);
    expect(row!.perplexity.value).toBeLessThan(1000);
  });
});

it("a file that llama.cpp does not take is deleted, and the reason told", async () => {
  // By its name a Phi 3, whose vocabulary has an end of text.
  const input = writeCheckpoint(join(folder, "phi-3"), { family: "phi2", files: { "README.md": "---\nname: a phi3 of old\n---\n" } });
  await expect(converted(input, "refused")).rejects.toThrow(/^llama\.cpp does not take what was made, which was deleted: /);
  expect(readdirSync(folder).filter((name) => name.startsWith("refused"))).toEqual([]);
});

describe("a SentencePiece tokenizer", () => {
  /** What sentencepiece 0.1.97 itself makes of the tokenizer.model. */
  const expected: readonly (readonly [string, readonly number[]])[] = [
    ["the in a there", [261, 264, 262, 263, 261, 282, 269]],
    ["hethein", [264, 260, 284, 260, 262]],
    ["Zürich, the hat", [264, 93, 198, 191, 282, 273, 267, 272, 47, 261, 264, 272, 265, 284]],
    ["a the\nhe in", [263, 261, 13, 260, 264, 262]],
  ];

  it.each<CheckpointFamily>(["llama", "mistral"])("cuts texts as the original does (%s: of tokenizer.model, of tokenizer.json)", async (family) => {
    const path = await converted(writeCheckpoint(join(folder, `${family}-tokens`), { family }), `${family}-tokens`);
    const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
    try {
      for (const [words, ids] of expected) expect(model.tokenize(words, false), words).toEqual(ids);
      expect(model.tokenize("the<|user|>", true)).toEqual([261, 300]);
      expect(model.tokens.bos).toBe(1);
      expect(model.tokens.eos).toBe(2);
    } finally {
      await model.dispose();
    }
  });
});

describe("a conversion in a process of its own", () => {
  it("tells what it will do and does it, and leaves nothing when it is cancelled", async () => {
    const { client } = realClient(await buildRuntime(), folder);
    const input = writeCheckpoint(join(folder, "own"), { family: "qwen3", shards: 2 });
    const output = join(folder, "own-BF16.gguf");
    try {
      const token = new CancellationTokenSource().token;
      const plan = await client.conversionPlan({ input, output, type: "auto" }, token);
      expect(plan).toMatchObject({ architecture: "qwen3", type: "BF16", tensors: 25, notes: [] });
      let last = 0;
      for await (const event of client.convert({ input, output, type: "auto" }, token)) {
        if (event.kind === "progress") last = event.progress.tensor;
        else expect(event.result).toEqual({ ...plan, path: output, seconds: expect.any(Number) as number });
      }
      expect(last).toBe(25);
      expect(readFileSync(output)).toHaveLength(plan.bytes);

      const source = new CancellationTokenSource();
      source.cancel();
      const events = async (): Promise<void> => {
        for await (const _ of client.convert({ input, output: join(folder, "cancelled.gguf"), type: "F32" }, source.token)) expect(_.kind).not.toBe("result");
      };
      await expect(events()).rejects.toMatchObject({ code: "cancelled" });
      expect(readdirSync(folder).filter((name) => name.includes("cancelled") || name.endsWith(".partial"))).toEqual([]);
    } finally {
      client.dispose();
    }
  });
});
