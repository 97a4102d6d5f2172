import { writeFileSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HumanError, isCancellation } from "../../../../src/protocol/humanError";
import type { CacheType, LoadedModel, ModelFile } from "../../../../src/protocol/model";
import { type CancellationToken, CancellationTokenSource, type LoadParams } from "../../../../src/protocol/rpc";
import type { LoadNotice } from "../../../../src/services/loading/loadedWatch";
import { type LoaderOptions, ModelLoader } from "../../../../src/services/loading/modelLoader";
import { ggufBytes } from "../../ggufBytes";
import { FakeRuntime, ModelFolder } from "../analysis/fakeRuntime";

const GiB = 2 ** 30;
const never = new CancellationTokenSource().token;

/** Loads only when a test says so, and fails when it is asked for a second model before the first one is gone. */
class SlowRuntime extends FakeRuntime {
  readonly gates: (() => void)[] = [];
  loading = 0;
  most = 0;
  slow = false;
  refuses: (params: LoadParams) => boolean = () => false;

  override async load(params: LoadParams, token: CancellationToken = never): Promise<LoadedModel> {
    if (this.loaded) throw new Error("Two models would be in memory.");
    if (this.refuses(params)) throw new HumanError("failed", "It cannot be loaded.");
    this.most = Math.max(this.most, ++this.loading);
    try {
      if (this.slow) {
        await new Promise<void>((resolve, reject) => {
          token.onCancellationRequested(() => reject(HumanError.cancelled()));
          this.gates.push(resolve);
        });
      }
      return await super.load(params);
    } finally {
      this.loading--;
    }
  }
}

/** An adapter that changes a weight of so many columns; that of the models has 8. */
function adapterFile(columns = 8): string {
  const path = join(folder.path, "style.gguf");
  writeFileSync(path, ggufBytes({ "general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora" }, [{ name: "a.lora_a", shape: [columns, 2] }, { name: "a.lora_b", shape: [2, 8] }]));
  return path;
}

let folder: ModelFolder;
let runtime: SlowRuntime;
let [one, two]: ModelFile[] = [];
const loaderWith = (options: Partial<LoaderOptions> = {}): ModelLoader => new ModelLoader(runtime.port, { threads: () => 1, contextSize: () => 4096, ...options });
const shape = { blocks: 4, embedding: 256, feedForward: 512, heads: 8, keyWidth: 256, valueWidth: 256, vocabulary: 1000 };

beforeEach(async () => {
  folder = await ModelFolder.make();
  runtime = new SlowRuntime();
  const weighing = async (name: string): Promise<ModelFile> => ({ ...(await folder.model(name, 1e9)), shape, weights: 2 * GiB });
  one = await weighing("one");
  two = await weighing("two");
});
afterEach(async () => {
  vi.useRealTimers();
  await folder.remove();
});

describe("loading", () => {
  it("happens once for one wish, and again for another file, context, cache, GPU share or adapter", async () => {
    const settings = { context: 4096, cache: undefined as CacheType | undefined, layers: undefined as number | undefined };
    const loader = loaderWith({ contextSize: () => settings.context, cacheType: () => settings.cache, gpuLayers: () => settings.layers });
    const adapter = { path: adapterFile(), scale: 0.5 };
    const loads = async (): Promise<number> => {
      const before = runtime.loads.length;
      for (let time = 0; time < 2; time++) await loader.load(one!, never);
      expect(await loader.isLoaded(one!)).toBe(true);
      return runtime.loads.length - before;
    };
    expect(await loads()).toBe(1);
    expect(await loads()).toBe(0);
    settings.context = 1024;
    expect(await loads()).toBe(1);
    settings.cache = "Q8_0";
    expect(await loads()).toBe(1);
    settings.layers = 2;
    expect(await loads()).toBe(1);
    await utimes(one!.path, new Date(), new Date(Date.now() + 5000));
    expect(await loads()).toBe(1);
    await loader.load(one!, never, { adapters: [adapter] });
    expect(runtime.loads.at(-1)?.adapters).toEqual([adapter]);
    // Work that does not speak of adapters keeps them, also after another model was loaded.
    expect(await loads()).toBe(0);
    await loader.load(two!, never);
    expect(runtime.loads.at(-1)?.adapters).toBeUndefined();
    expect(await loads()).toBe(1);
    expect(runtime.loads.at(-1)?.adapters).toEqual([adapter]);
    await loader.load(one!, never, { adapters: [] });
    expect(loader.adapters(one!)).toEqual([]);
    expect(runtime.loads.at(-1)?.adapters).toBeUndefined();
    // A context beyond what the model was trained for is no other context.
    settings.context = 4096;
    await loads();
    settings.context = 100_000;
    expect(await loads()).toBe(0);
  });

  it("is joined by a second wish for the same, and ends when nobody waits any more", async () => {
    runtime.slow = true;
    const loader = loaderWith();
    const [first, second] = [new CancellationTokenSource(), new CancellationTokenSource()];
    const both = [loader.load(one!, first.token), loader.load(one!, second.token)];
    const outcomes = Promise.allSettled(both);
    await vi.waitFor(() => expect(runtime.gates).toHaveLength(1));
    first.cancel();
    await expect(both[0]).rejects.toSatisfy(isCancellation);
    expect(runtime.loading).toBe(1);
    second.cancel();
    await outcomes;
    expect(runtime.loading).toBe(0);
    expect(runtime.loads).toHaveLength(0);
    runtime.slow = false;
    await loader.load(one!, never);
    expect(runtime.loaded?.path).toBe(one!.path);
  });

  it("of another model replaces the one that goes on, and never holds both", async () => {
    runtime.slow = true;
    const loader = loaderWith();
    const replaced = loader.load(one!, never);
    const outcome = replaced.then(() => "loaded", (error: unknown) => (isCancellation(error) ? "cancelled" : String(error)));
    await vi.waitFor(() => expect(runtime.gates).toHaveLength(1));
    const wanted = loader.load(two!, never);
    await vi.waitFor(() => expect(runtime.gates).toHaveLength(2));
    runtime.gates[1]!();
    await wanted;
    expect(await outcome).toBe("cancelled");
    expect([runtime.most, runtime.loaded?.path]).toEqual([1, two!.path]);
  });

  it("is planned anew when the other model is gone, whose memory counted as free", async () => {
    const loader = loaderWith();
    runtime.here = { ...runtime.here, freeMemory: 4 * GiB };
    await loader.load(one!, never);
    runtime.here = { ...runtime.here, freeMemory: 2 * GiB };
    expect((await loader.plan(two!)).warning).toBeUndefined();
    expect((await loader.plan(two!)).reasons.join(" ")).toContain("once the loaded model is unloaded");
    const warned: LoadNotice[] = [];
    loader.onDidWarn((notice) => warned.push(notice));
    await loader.load(two!, never);
    // It was not given back after all.
    expect(warned.map(({ sentence }) => sentence)).toEqual([expect.stringMatching(/^two Q8_0 needs about 2\.\d\d GiB of memory, but 2\.00 GiB are free: /)]);
    await loader.load(one!, never, { accepted: true });
    expect(warned).toHaveLength(1);
    expect(loader.current?.contextSize).toBe(runtime.loads.at(-1)?.contextSize);
  });

  it("is refused before the held model goes, when the machine cannot hold it at all", async () => {
    const loader = loaderWith();
    await loader.load(one!, never);
    const huge = { ...two!, weights: 100 * GiB };
    await expect(loader.load(huge, never)).rejects.toThrow(/^two Q8_0 needs about 100\.\d\d GiB/);
    expect(runtime.loaded?.path).toBe(one!.path);
    await expect(loader.load({ ...two!, role: "adapter" }, never)).rejects.toThrow(/attach it/);
    await expect(loader.load({ ...two!, problem: "It is damaged." }, never)).rejects.toThrow("It is damaged.");
    await expect(loader.load(one!, never, { adapters: [{ path: "/none/style.gguf", scale: 1 }] })).rejects.toThrow(/style\.gguf is gone/);
    expect(loader.adapters(one!)).toEqual([]);
  });

  it("with an adapter of another model is refused before the held model goes", async () => {
    const loader = loaderWith();
    await loader.load(one!, never);
    for (const adapters of [[{ path: adapterFile(16), scale: 1 }], [{ path: two!.path, scale: 1 }]]) {
      await expect(loader.load(one!, never, { adapters })).rejects.toThrow(/style\.gguf is an adapter for another model|two\.gguf is no LoRA adapter/);
      await expect(loader.plan(one!, { adapters })).rejects.toMatchObject({ code: "unsupported" });
    }
    expect([runtime.loads.length, runtime.loaded?.path, loader.adapters(one!)]).toEqual([1, one!.path, []]);
  });

  it("that fails leaves the same model held as before", async () => {
    const loader = loaderWith();
    await loader.load(one!, never);
    runtime.refuses = ({ adapters }) => adapters !== undefined;
    await expect(loader.load(one!, never, { adapters: [{ path: adapterFile(), scale: 1 }] })).rejects.toThrow("It cannot be loaded.");
    expect([runtime.loaded?.path, loader.current?.contextSize, loader.adapters(one!)]).toEqual([one!.path, 4096, []]);
    expect(await loader.isLoaded(one!)).toBe(true);
  });

  it("is done again after a crash", async () => {
    const loader = loaderWith();
    await loader.load(one!, never);
    runtime.loaded = undefined;
    expect([loader.current, await loader.isLoaded(one!)]).toEqual([undefined, false]);
    await loader.load(one!, never);
    expect(runtime.loads).toHaveLength(2);
  });
});

describe("a loaded model", () => {
  it("is unloaded after the minutes without work, not while work goes on, and says why", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    let minutes = 15;
    const loader = loaderWith({ unloadAfterMinutes: () => minutes });
    const told: LoadNotice[] = [];
    loader.onDidUnloadIdle((notice) => told.push(notice));
    const pass = async (time: number): Promise<void> => {
      await vi.advanceTimersByTimeAsync(time * 60_000);
    };
    await loader.load(one!, never);
    const lease = loader.lease();
    await pass(60);
    expect(runtime.loaded).toBeDefined();
    lease.dispose();
    lease.dispose();
    await pass(14);
    expect(runtime.loaded).toBeDefined();
    await pass(1.5);
    expect(runtime.loaded).toBeUndefined();
    expect(told).toEqual([{ path: one!.path, sentence: expect.stringMatching(/^one Q8_0 was unloaded, since nobody used it for 15 minutes: about 2\.\d\d GiB are free again\.$/) as string }]);
    minutes = 0;
    await loader.load(one!, never);
    await pass(24 * 60);
    expect(runtime.loaded).toBeDefined();
    minutes = 1;
    await pass(0.5);
    expect(runtime.loaded).toBeUndefined();
  });

  it("is named once when memory runs out, and again after it was free", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    const loader = loaderWith();
    const told: string[] = [];
    loader.onDidWarn(({ sentence }) => told.push(sentence));
    await loader.load(one!, never);
    for (const free of [4, 0.4, 0.3, 0.6, 0.3, 2, 0.4]) {
      runtime.here = { ...runtime.here, freeMemory: free * GiB };
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^Only 409\.6 MiB of memory are free, and one Q8_0 holds about 2\.\d\d GiB: unload it/);
  });
});
