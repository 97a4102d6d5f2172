import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { totalNeed } from "../../src/core/fit/memory";
import type { ModelFile } from "../../src/protocol/model";
import { CancellationTokenSource } from "../../src/protocol/rpc";
import { ModelLibrary } from "../../src/services/models/modelLibrary";
import { ModelLoader } from "../../src/services/loading/modelLoader";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { never, type RealClient, realClient } from "./realClient";
import { writeTinyAdapter } from "./tinyAdapter";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-loader-"));
let real: RealClient;
let loader: ModelLoader;
let [sample, large]: ModelFile[] = [];

beforeAll(async () => {
  real = realClient(await buildRuntime(), folder);
  loader = new ModelLoader(real.client, { threads: () => 1, contextSize: () => 8192 });
  const silent = { info: () => undefined, error: () => undefined };
  const library = new ModelLibrary({ folders: () => [], log: silent });
  sample = await library.describe(sampleModel());
  large = await library.describe(writeTinyModel(join(folder, "large.gguf"), { width: 1024, feedForward: 4096, blocks: 6, contextLength: 8192 }));
});
afterAll(async () => {
  loader.dispose();
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("the loader, with a real runtime", () => {
  it("loads by the plan, and the memory that is taken is about what the plan says", async () => {
    await loader.load(sample!, never);
    const before = (await real.client.meter()).residentMemory;
    const plan = await loader.plan(large!);
    expect(plan).toMatchObject({ contextSize: 8192, cacheType: "F16", layers: 7 });
    const loaded = await loader.load(large!, never);
    expect(loaded).toMatchObject({ path: large!.path, contextSize: 8192, gpuLayers: plan.gpuLayers, cacheType: "F16" });
    const taken = (await real.client.meter()).residentMemory - before;
    // Buffers are touched when they are used, not when they are allocated; the sample model was given back.
    expect(taken).toBeGreaterThan(0.8 * totalNeed(plan.need));
    expect(taken).toBeLessThan(1.1 * totalNeed(plan.need));
    expect(loader.current?.reasons).toHaveLength(4);
  });

  it("gives memory back, and holds only the last of two that are wanted at once", async () => {
    await loader.load(large!, never);
    const held = (await real.client.meter()).residentMemory;
    await loader.unload();
    expect(held - (await real.client.meter()).residentMemory).toBeGreaterThan(50e6);
    const outcomes = await Promise.allSettled([loader.load(large!, never), loader.load(sample!, never)]);
    expect(outcomes[1]?.status).toBe("fulfilled");
    expect(real.client.loaded?.path).toBe(sample!.path);
    expect(await loader.isLoaded(sample!)).toBe(true);
    const source = new CancellationTokenSource();
    const cancelled = loader.load(large!, source.token);
    source.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    await loader.load(sample!, never);
    expect(real.client.loaded?.path).toBe(sample!.path);
  });

  it("does not keep an adapter that cannot be attached", async () => {
    const wrong = { path: writeTinyAdapter(join(folder, "wrong.gguf"), { columns: 512 }), scale: 1 };
    await expect(loader.load(sample!, never, { adapters: [wrong] })).rejects.toThrow(/is an adapter for another model/);
    await loader.load(sample!, never);
    expect(real.client.loaded?.adapters).toBeUndefined();
  });
});
