import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryOfFile, totalNeed } from "../../src/core/fit/memory";
import { HumanError } from "../../src/protocol/humanError";
import { type CacheType, cacheTypes, type MemoryNeed } from "../../src/protocol/model";
import { estimateMemory } from "../../src/runtime/evaluation/memoryEstimate";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { never, realClient, type RealClient } from "./realClient";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-memory-"));
const shapes: Readonly<Record<string, string>> = {
  sample: sampleModel(),
  "grouped queries": writeTinyModel(join(folder, "grouped.gguf"), { width: 1024, feedForward: 3072, blocks: 2, kvHeads: 4, contextLength: 8192 }),
  "large vocabulary": writeTinyModel(join(folder, "vocabulary.gguf"), { width: 256, feedForward: 1024, blocks: 2, kvHeads: 2, extraTokens: 60_000, contextLength: 8192 }),
};

/** Relative to `real`. */
function distance(estimate: number, real: number): number {
  return Math.abs(estimate - real) / real;
}

async function formula(path: string, context: number, cacheType: CacheType): Promise<MemoryNeed> {
  return memoryOfFile(await readHeader(path), context, cacheType);
}

describe("memory to run a model", () => {
  it.each(Object.keys(shapes))("by formula is within 10 %% of llama.cpp's simulation: %s", async (name) => {
    const path = shapes[name] ?? "";
    for (const context of [512, 2048, 8192]) {
      for (const cacheType of cacheTypes) {
        const [own, theirs] = [await formula(path, context, cacheType), await estimateMemory({ path, context, cacheType })];
        expect(distance(totalNeed(own), totalNeed(theirs)), `${context} ${cacheType}`).toBeLessThan(0.1);
        expect(distance(own.cache, theirs.cache)).toBeLessThan(0.03);
        expect(distance(own.weights, theirs.weights)).toBeLessThan(0.01);
        expect(distance(own.compute, theirs.compute)).toBeLessThan(0.1);
      }
    }
  });

  it("in the simulation is what the library allocates when it measures", async () => {
    const path = shapes["large vocabulary"] ?? "";
    const { rows } = await measure({ base: path, variants: [], text: "word ".repeat(800), context: 512, chunks: 1, threads: 1, generation: false }, () => {}, new AbortController().signal);
    const [allocated, foretold] = [rows[0]?.memory, await estimateMemory({ path, context: 512, cacheType: "F16" })];
    for (const part of ["weights", "cache", "compute"] as const) expect(distance(foretold[part], allocated?.[part] ?? 0), part).toBeLessThan(0.01);
  });

  it("is refused with a sentence for a file that is no model, and for no context", async () => {
    await expect(estimateMemory({ path: __filename, context: 512, cacheType: "F16" })).rejects.toThrow(HumanError);
    await expect(estimateMemory({ path: sampleModel(), context: 0, cacheType: "F16" })).rejects.toThrow(/at least 1 token/);
  });
});

describe.runIf(process.platform === "linux")("in a fresh process", () => {
  let real: RealClient;
  beforeAll(async () => {
    real = realClient(await buildRuntime(), folder);
  });
  afterAll(() => real.client.dispose());

  /** The most memory that the process ever had resident, bytes. */
  const peak = (): number => 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${real.pids()[0]}/status`, "utf8"))?.[1]);

  it("measuring takes what the formula says, within 10 %", async () => {
    const path = writeTinyModel(join(folder, "wide.gguf"), { width: 1024, feedForward: 3072, blocks: 6, extraTokens: 4000, contextLength: 512 });
    await real.client.machine();
    const before = peak();
    for await (const event of real.client.measure({ base: path, variants: [], text: "word ".repeat(800), context: 512, chunks: 1, threads: 1, generation: false }, never)) void event;
    expect(distance(totalNeed(await formula(path, 512, "F16")), peak() - before)).toBeLessThan(0.1);
  });

  it("the runtime answers what it needs, and how fast its memory is", async () => {
    expect(await real.client.memory({ path: sampleModel(), context: 512, cacheType: "Q8_0" }, never)).toEqual(await estimateMemory({ path: sampleModel(), context: 512, cacheType: "Q8_0" }));
    const bytesPerSecond = await real.client.bandwidth(1, never);
    expect(bytesPerSecond).toBeGreaterThan(5e8);
    expect(bytesPerSecond).toBeLessThan(5e12);
  });
});
