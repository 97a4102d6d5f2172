import { resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { adapterOf, plan } from "../../../src/cli/plan";
import type { Invocation, Services } from "../../../src/cli/command";
import type { LoadWishes } from "../../../src/core/fit/loadPlan";
import type { LoadPlan, ModelFile } from "../../../src/protocol/model";
import { CancellationTokenSource } from "../../../src/protocol/rpc";

const made: LoadPlan = { contextSize: 512, cacheType: "Q8_0", gpuLayers: 0, layers: 5, need: { weights: 1, cache: 1, compute: 1 }, reasons: ["Because."], warning: "It will be tight." };
let model: ModelFile = { path: "/models/a.gguf", family: "a", type: "Q8_0", bytes: 1, parameters: 1, architecture: "llama", contextLength: 512 };
let wished: LoadWishes[];
let loads: number;

beforeEach(() => {
  wished = [];
  loads = 0;
});

async function run(options: Invocation["options"], json = false, asked = model.path): Promise<string> {
  const results: string[] = [];
  const loaded = { path: model.path, contextSize: 512, gpuLayers: 0, hasChatTemplate: false, cacheType: "Q8_0" };
  const services = {
    library: () => ({ describe: async () => model, files: async () => [{ ...model, name: "a:q4, contracts:latest" }] }),
    loader: (wishes: LoadWishes) => {
      wished.push(wishes);
      return { plan: async () => made, load: async () => (loads++, loaded) };
    },
    runtime: { meter: async () => ({ residentMemory: loads * 2 ** 20 }) },
  };
  await plan.run({
    positionals: [asked], options, json, token: new CancellationTokenSource().token, services: services as unknown as Services,
    output: { result: (text) => results.push(text), progress: () => undefined, line: () => undefined, live: false },
  });
  return results.join("\n");
}

describe("plan", () => {
  it("hands on what is wished for, no layer on the GPU too, and nothing else", async () => {
    await run({ context: "1024", "cache-type": "q8_0", "gpu-layers": "0" });
    await run({});
    expect(wished).toEqual([{ contextSize: 1024, cacheType: "Q8_0", gpuLayers: 0 }, {}]);
    await expect(run({ "gpu-layers": "-1" })).rejects.toThrow(/--gpu-layers takes/);
    await expect(run({ "cache-type": "Q5" })).rejects.toThrow(/--cache-type takes F16, Q8_0, Q4_0/);
  });

  it("loads only when it is told to, and says what that took", async () => {
    expect(await run({})).toBe("a Q8_0:\nBecause.\nIt will be tight.");
    expect(loads).toBe(0);
    expect(await run({ load: true })).toContain("Loaded: 512 tokens of context as Q8_0, 0 layers on the GPU. The runtime holds 1.0 MiB, 1.0 MiB more than before.");
    expect(JSON.parse(await run({ load: true }, true))).toMatchObject({ plan: made, loaded: { contextSize: 512 } });
  });

  it("says that a model without an architecture will not load", async () => {
    model = { ...model, architecture: "unknown" };
    expect(await run({})).toContain("The header does not say which architecture the model has");
    model = { ...model, architecture: "llama" };
    expect(await run({})).not.toContain("architecture");
  });

  it("finds a model by a name that Ollama knows it by", async () => {
    expect(await run({}, false, "contracts:latest")).toContain("Because.");
    await expect(run({}, false, "other:latest")).rejects.toThrow(/Ollama has no model of that name/);
  });

  it("reads an adapter with its scale", () => {
    expect(["a.gguf", "a.gguf:0.5", "a.gguf:0", "a.gguf:.5", "a:b.gguf", "a.gguf:"].map(adapterOf)).toEqual([
      { path: resolve("a.gguf"), scale: 1 }, { path: resolve("a.gguf"), scale: 0.5 }, { path: resolve("a.gguf"), scale: 0 }, { path: resolve("a.gguf"), scale: 0.5 },
      { path: resolve("a:b.gguf"), scale: 1 }, { path: resolve("a.gguf:"), scale: 1 },
    ]);
    for (const beyond of ["a.gguf:-1", "a.gguf:2.5"]) expect(() => adapterOf(beyond)).toThrow(/The scale of an adapter is from 0 \(switched off\) to 2/);
    expect(() => adapterOf("")).toThrow(/--adapter takes a file/);
  });
});
