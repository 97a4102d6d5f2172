import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelFile } from "../../../../src/protocol/model";
import type { CompressionRecipe } from "../../../../src/protocol/recipe";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { Adapters } from "../../../../src/services/lab/adapters";
import { modelAt } from "../../../../src/services/lab/modelAt";
import { Pruning } from "../../../../src/services/lab/pruning";
import { openRecipe } from "../../../../src/services/lab/recipeOnDisk";
import { withAbsolutePaths, withRelativePaths } from "../../../../src/services/lab/recipePaths";
import { Training, withPoints } from "../../../../src/services/lab/training";
import type { Job } from "../../../../src/services/ports";
import { blocksOfTiny, LabRuntime, tinyLlama } from "./labRuntime";

const { token } = new CancellationTokenSource();
const text = { name: "a.txt", text: "word ".repeat(2000) };
let folder: string;
let runtime: LabRuntime;
let model: ModelFile;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-lab-"));
  runtime = new LabRuntime();
  await writeFile(join(folder, "tiny-F32.gguf"), tinyLlama(blocksOfTiny, ""));
  model = await modelAt(join(folder, "tiny-F32.gguf"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function result<Result>(job: Job<unknown, Result>): Promise<Result> {
  for await (const event of job) if (event.kind === "result") return event.result;
  throw new Error("There was no result.");
}

describe("pruning for a person", () => {
  it("ranks a model and a text once; one that left out blocks answers the quicker question too", async () => {
    const pruning = new Pruning(runtime.parts(folder));
    const ranked = await result(pruning.rank(model, text, { leaveOut: true }, token));
    expect(await result(new Pruning(runtime.parts(folder)).rank(model, text, { leaveOut: false }, token))).toEqual(ranked);
    expect(runtime.rankings).toHaveLength(1);
    await result(pruning.rank(model, { ...text, text: `${text.text}.` }, { leaveOut: true }, token));
    await result(pruning.rank(model, text, { leaveOut: true, chunks: 2 }, token));
    expect(runtime.rankings.map(({ chunks }) => chunks)).toEqual([20, 20, 2]);
  });

  it("names results after the family and the step, beside the model; the built-in model's elsewhere", () => {
    const pruning = new Pruning({ ...runtime.parts(folder), builtInOutputs: join(folder, "own") });
    expect(pruning.outputPath(model, { kind: "prune", blocks: [1] })).toBe(join(folder, "tiny-pruned-1.gguf"));
    expect(pruning.outputPath({ ...model, builtIn: true }, { kind: "prune", feedForward: 0.75 })).toBe(join(folder, "own", "tiny-pruned-ffn75.gguf"));
    expect(pruning.outputPath({ ...model, type: "Q8_0" }, { kind: "sparsify", method: "wanda", sparsity: 0.5, pattern: "2:4" })).toBe(join(folder, "tiny-sparse-2of4-Q8_0.gguf"));
    expect(pruning.outputPath(model, { kind: "quantize", level: "Q4_0", rounding: "gptq" })).toBe(join(folder, "tiny-gptq-Q4_0.gguf"));
  });

  it("makes the folder of what it writes", async () => {
    const pruning = new Pruning({ ...runtime.parts(folder), builtInOutputs: join(folder, "own") });
    expect((await result(pruning.prune({ ...model, builtIn: true }, { dropBlocks: [0], feedForward: 32 }, token))).path).toBe(join(folder, "own", "tiny-pruned-1-ffn50.gguf"));
  });

  it("asks for a matrix where Wanda has none", async () => {
    await expect(result(new Pruning(runtime.parts(folder)).sparsify(model, { method: "wanda", sparsity: 0.5 }, token))).rejects.toThrow(/needs an importance matrix/);
  });
});

describe("training for a person", () => {
  it("names adapters by what they were made for, and finds no unfinished training in a damaged folder", async () => {
    const training = new Training(runtime.parts(folder));
    expect(training.outputPath(model, "lora", true)).toBe(join(folder, "tiny-lora-adapter.gguf"));
    expect(training.outputPath({ ...model, type: "Q2_K" }, "distil", true)).toBe(join(folder, "tiny-Q2_K-distil-adapter.gguf"));
    expect(training.outputPath(model, "distil", false)).toBe(join(folder, "tiny-distilled.gguf"));
    expect(await training.unfinished(join(folder, "none.gguf"))).toBeUndefined();
  });

  it("lets points that are told again take the place of earlier ones", () => {
    const point = (step: number, loss: number) => ({ step, loss, learningRate: 1 });
    expect(withPoints([point(1, 3), point(2, 2)], [point(2, 2.5), point(3, 2)])).toEqual([point(1, 3), point(2, 2.5), point(3, 2)]);
    expect(withPoints([point(1, 3)], [])).toEqual([point(1, 3)]);
  });
});

describe("adapters for a person", () => {
  it("are compared as two rows of one measurement", async () => {
    const { rows } = await result(new Adapters(runtime.parts(folder)).compare(model, [{ path: "style.gguf", scale: 0.5 }], text, token));
    expect(rows).toHaveLength(2);
    expect(runtime.measurements[0]).toMatchObject({ base: model.path, variants: [], adapted: [{ path: model.path, adapters: [{ path: "style.gguf", scale: 0.5 }] }], context: 128 });
  });
});

describe("recipes on disk", () => {
  const recipe: CompressionRecipe = {
    version: 1, name: "a", seed: 1, model: "models/a.gguf", text: "../contracts",
    steps: [{ kind: "distil", teacher: "b.gguf" }, { kind: "lora", examples: "c.jsonl", adapter: { rank: 1, alpha: 1, targets: ["attn_q"] } }, { kind: "merge", adapter: "d.gguf", scale: 1 }, { kind: "prune", blocks: [1] }],
  };

  it("have their paths against their own folder, both ways", () => {
    const absolute = withAbsolutePaths(recipe, folder);
    expect(absolute).toMatchObject({ model: join(folder, "models", "a.gguf"), steps: [{ teacher: join(folder, "b.gguf") }, { examples: join(folder, "c.jsonl") }, { adapter: join(folder, "d.gguf") }, { kind: "prune" }] });
    expect(withRelativePaths(absolute, folder)).toEqual(recipe);
  });

  it("tell what they read from outside of their folder", async () => {
    const file = join(folder, "a.decant.json");
    await writeFile(file, JSON.stringify({ ...recipe, model: "/etc/passwd" }));
    expect((await openRecipe(file)).outside).toEqual(["/etc/passwd", join(folder, "..", "contracts")]);
  });

  it("are refused in a sentence when they are missing, huge or broken", async () => {
    const file = join(folder, "a.decant.json");
    await expect(openRecipe(file)).rejects.toThrow(`There is no recipe at ${file} that can be read.`);
    await writeFile(file, " ".repeat(300_000));
    await expect(openRecipe(file)).rejects.toThrow(/has 300000 bytes, too many/);
    await writeFile(file, "{");
    await expect(openRecipe(file)).rejects.toThrow(/no valid JSON/);
  });
});
