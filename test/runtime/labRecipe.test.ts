import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { isCancellation } from "../../src/protocol/humanError";
import type { CompressionRecipe, RecipeProgress, RecipeResult } from "../../src/protocol/recipe";
import { CompressionJobs } from "../../src/services/compressionJobs";
import { ImportanceMatrices } from "../../src/services/importanceMatrices";
import { JsonStore } from "../../src/services/jsonStore";
import type { LabParts } from "../../src/services/lab/labParts";
import { modelAt } from "../../src/services/lab/modelAt";
import { RecipeRunner } from "../../src/services/lab/recipeRunner";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { type RealClient, realClient } from "./realClient";

const folder = mkdtempSync(join(tmpdir(), "decant-recipe-"));
const text = { name: "evaluation-text.txt", text: readFileSync(resolve(__dirname, "../../media/samples/evaluation-text.txt"), "utf8").slice(0, 9_000) };
const recipe: CompressionRecipe = {
  version: 1, name: "Chain", seed: 3,
  steps: [
    { kind: "prune", blocks: { least: 1, by: "influence" }, gate: { maxKl: 20, otherwise: "stop" } },
    { kind: "quantize", level: "Q4_0" },
    { kind: "distil", adapter: { rank: 2, alpha: 4, targets: ["attn_q", "ffn_down"] }, settings: { context: 64, epochs: 1, learningRate: 1e-3 } },
  ],
};
let real: RealClient;
beforeAll(async () => {
  real = realClient(await buildRuntime(), folder);
}, 120_000);
afterAll(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function runner(store: string): RecipeRunner {
  const log = { info: () => {}, error: () => {} };
  const jobs = new CompressionJobs(real.client, { threads: () => 1 });
  const parts: LabParts = { runtime: real.client, jobs, matrices: new ImportanceMatrices(real.client, jobs, log, () => 1), store: new JsonStore(join(folder, store), log), log, threads: () => 1 };
  return new RecipeRunner(parts);
}

async function run(name: string, source = new CancellationTokenSource(), meanwhile?: (progress: RecipeProgress) => void): Promise<RecipeResult> {
  const model = await modelAt(sampleModel());
  for await (const event of runner(name).run(recipe, { model, text, folder: join(folder, `${name}-out`), chunks: 2, context: 128 }, source.token)) {
    if (event.kind === "result") return event.result;
    meanwhile?.(event.progress);
  }
  throw new Error("There was no result.");
}

function hashes({ steps }: RecipeResult): readonly string[] {
  return steps.map(({ path, adapter = path }) => createHash("sha256").update(readFileSync(adapter)).digest("hex"));
}

describe("a recipe in the real runtime", () => {
  it("prunes, quantizes and distils; training is paused and gone on with; running it again takes all of it; a fresh run gives the same bytes", async () => {
    const model = await modelAt(sampleModel());
    const estimates = await runner("first").estimate(recipe, model, text, new CancellationTokenSource().token);
    expect(estimates.map(({ problem }) => problem)).toEqual([undefined, undefined, undefined]);

    const first = await run("first");
    const [pruned, quantized, distilled] = first.steps;
    expect(pruned?.gate?.passed).toBe(true);
    expect(pruned?.measured?.kl?.mean).toBeGreaterThan(0.05);
    expect(quantized!.bytes).toBeLessThan(pruned!.bytes / 2);
    expect(distilled?.measured?.kl?.mean).toBeLessThan(quantized!.measured!.kl!.mean);
    expect(distilled?.points?.some(({ validation }) => validation !== undefined)).toBe(true);
    for (const [index, result] of first.steps.entries()) expect(Math.abs(estimates[index]!.bytes / result.bytes - 1), `step ${index + 1}`).toBeLessThan(0.03);
    const { lineage } = await modelAt(quantized!.path);
    expect(lineage?.steps.at(-2)).toMatch(/^prune 1 block/);
    expect(lineage?.steps.at(-1)).toBe("quantize Q4_0");

    const again = await run("first");
    expect(again.steps).toEqual(first.steps.map((step) => ({ ...step, kept: true })));

    const source = new CancellationTokenSource();
    const cancelled = await run("second", source, ({ step, points = [] }) => void (step === 2 && points.length > 0 && source.cancel())).catch((error: unknown) => error);
    expect(isCancellation(cancelled)).toBe(true);
    const place = { model, text, folder: join(folder, "second-out") };
    expect(await runner("second").unfinished(recipe, place)).toMatchObject({ step: 2 });
    await runner("second").discard(recipe, place);
    expect((await readdir(place.folder)).filter((name) => !/^.*-[12]-[^.]*\.gguf$/.test(name))).toEqual([]);
    const second = await run("second");
    expect(second.steps.map(({ kept }) => kept === true)).toEqual([true, true, false]);
    expect(hashes(second)).toEqual(hashes(first));
    expect(second.steps.map(({ measured }) => measured?.kl)).toEqual(first.steps.map(({ measured }) => measured?.kl));
  }, 600_000);
});
