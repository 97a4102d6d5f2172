import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelFile } from "../../../../src/protocol/model";
import type { RecipeStep, StepEstimate } from "../../../../src/protocol/recipe";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { modelAt } from "../../../../src/services/lab/modelAt";
import { RecipeRunner } from "../../../../src/services/lab/recipeRunner";
import { ggufBytes } from "../../ggufBytes";
import { blocksOfTiny, LabRuntime, tinyLlama } from "./labRuntime";

const text = { name: "a.txt", text: "word ".repeat(20_000) };
let folder: string;
let runtime: LabRuntime;
let model: ModelFile;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-estimates-"));
  runtime = new LabRuntime();
  await writeFile(join(folder, "tiny-F32.gguf"), tinyLlama(blocksOfTiny, ""));
  model = await modelAt(join(folder, "tiny-F32.gguf"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const estimate = (...steps: RecipeStep[]): Promise<readonly StepEstimate[]> =>
  new RecipeRunner(runtime.parts(folder)).estimate({ version: 1, name: "a", seed: 1, steps }, model, text, new CancellationTokenSource().token);
/** Bytes of a block's five matrices in F32: two of 32 × 32, three of 32 × 64. */
const block = 4 * (2 * 1024 + 3 * 2048);

describe("estimates", () => {
  it("tell the exact size of a pruned model, however it is chosen which blocks go", async () => {
    const path = join(folder, "three.gguf");
    await writeFile(path, tinyLlama(blocksOfTiny - 1, ""));
    const { size } = await stat(path);
    expect((await estimate({ kind: "prune", blocks: [2] }))[0]?.bytes).toBe(size);
    expect((await estimate({ kind: "prune", blocks: { least: 1, by: "influence" } }))[0]?.bytes).toBe(size);
  });

  it("chain: two prunings, and the dry run's types of the blocks that are left", async () => {
    const [first, second, third] = await estimate({ kind: "prune", blocks: [0] }, { kind: "prune", blocks: [0, 1] }, { kind: "quantize", level: "Q4_0" });
    expect(first!.bytes - second!.bytes).toBeGreaterThan(2 * block);
    expect(first!.bytes - second!.bytes).toBeLessThan(2.1 * block);
    // Of the last block only ffn_up becomes Q4_0: 64 rows of one block of 18 bytes instead of 128.
    expect(second!.bytes - third!.bytes).toBeCloseTo(64 * (128 - 18), -3);
    expect((await estimate({ kind: "quantize", level: "Q4_0" }))[0]?.bytes).toBe(5000);
  });

  it("count an adapter in, and merged none", async () => {
    const adapter = { rank: 2, alpha: 4, targets: ["attn_q"] };
    const [beside] = await estimate({ kind: "distil", adapter });
    const pairs = blocksOfTiny * 2 * 2 * (32 + 32); // two bytes a weight
    expect(beside!.bytes - model.bytes).toBeGreaterThan(pairs);
    expect(beside!.bytes - model.bytes).toBeLessThan(pairs + 1000);
    expect((await estimate({ kind: "distil", adapter, merge: true }))[0]?.bytes).toBe(model.bytes);
  });

  it("take time in proportion to the text and the passes over it; the pace is probed once", async () => {
    const [once, thrice] = await estimate({ kind: "distil", settings: { epochs: 1, context: 64 } }, { kind: "distil", settings: { epochs: 3, context: 64 } });
    // 80,000 characters of 3.5 for a token at 1,000 tokens a second, nine tenths of them learnt: 9 passes and the teacher's; a tenth validated by both.
    const epoch = (80_000 / 3.5 / 1000) * (0.9 * (9 + 1) + 0.1 * 2);
    expect(thrice!.seconds - once!.seconds).toBeCloseTo(2 * epoch, 0);
    await estimate({ kind: "prune", blocks: { least: 1, by: "perplexity" } });
    expect(runtime.measurements).toHaveLength(1);
  });

  it("say what one would otherwise learn too late", async () => {
    expect((await estimate({ kind: "sparsify", method: "magnitude", sparsity: 0.5 }))[0]).toMatchObject({ bytes: model.bytes, notes: [expect.stringMatching(/no smaller and no faster/)] });
    const [, again] = await estimate({ kind: "quantize", level: "Q4_0" }, { kind: "quantize", level: "Q8_0" });
    expect(again?.notes).toContain("The model is Q4_0 already: what that lost is not won back.");
  });

  it("name what cannot run, and estimate the rest without it", async () => {
    const [bad, good] = await estimate({ kind: "prune", blocks: [9] }, { kind: "quantize", level: "Q4_0" });
    expect(bad).toMatchObject({ problem: "This model has no block 9: its blocks are 0 to 3.", bytes: model.bytes });
    expect(good).toMatchObject({ bytes: 5000 });
    expect(good?.problem).toBeUndefined();
  });

  it("refuse what this machine's memory cannot hold", async () => {
    runtime.machine = async () => ({ totalMemory: 2 ** 20, freeMemory: 2 ** 20, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 2 });
    expect((await estimate({ kind: "distil", settings: { context: 64 } }))[0]?.problem).toMatch(/^It needs about .* of memory, and this machine has 1\.0 MiB/);
  });

  it("refuse a teacher with another vocabulary", async () => {
    const teacher = join(folder, "other.gguf");
    await writeFile(teacher, tinyLlama(1, "", [], 50));
    expect((await estimate({ kind: "distil", teacher, settings: { context: 64 } }))[0]?.problem).toBe("The model and other.gguf have different vocabularies (40 and 50 tokens): choose a teacher that the student was made from.");
  });

  it("refuse an adapter that is none of this model's, and one that changes nothing", async () => {
    const adapter = join(folder, "style.gguf");
    const half = (part: "a" | "b", shape: number[]) => ({ name: `blk.0.attn_q.weight.lora_${part}`, shape });
    const written = (width: number) => writeFile(adapter, ggufBytes({ "general.type": "adapter", "adapter.type": "lora", "general.architecture": "llama" }, [half("a", [width, 2]), half("b", [2, 32])]));
    await written(16);
    expect((await estimate({ kind: "merge", adapter, scale: 1 }))[0]?.problem).toMatch(/^style\.gguf is an adapter for another model: it changes “blk\.0\.attn_q\.weight” of 16 × 32/);
    await written(32);
    expect((await estimate({ kind: "merge", adapter, scale: 1 }))[0]?.problem).toBeUndefined();
    expect((await estimate({ kind: "merge", adapter, scale: 0 }))[0]?.problem).toMatch(/^A scale of 0 changes nothing/);
  });

  it("count the 32-bit copy on which an adapter of a quantized model learns, where a quarter of the memory holds it", async () => {
    const steps: RecipeStep[] = [{ kind: "quantize", level: "Q4_0" }, { kind: "distil", adapter: { rank: 2, alpha: 4, targets: ["attn_q"] } }];
    const floats = 4 * (32 * 40 + blocksOfTiny * (2 * 1024 + 3 * 2048));
    const [, roomy] = await estimate(...steps);
    const machine = await runtime.machine();
    runtime.machine = async () => ({ ...machine, totalMemory: 4 * floats - 1 });
    const [, tight] = await estimate(...steps);
    expect(roomy!.disk - tight!.disk).toBe(floats);
    expect(roomy!.memory).toBeGreaterThan(tight!.memory);
  });
});
