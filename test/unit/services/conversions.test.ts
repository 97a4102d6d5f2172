import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { ConversionPlan, ConversionResult } from "../../../src/protocol/model";
import { CancellationTokenSource, type ConvertParams } from "../../../src/protocol/rpc";
import { Conversions } from "../../../src/services/conversions";
import type { Runtime } from "../../../src/services/ports";

const plan: ConversionPlan = { architecture: "llama", parameters: 1, bytes: 2, tensors: 2, type: "BF16", notes: [] };
const token = new CancellationTokenSource().token;

function runtime(asked: ConvertParams[]): Runtime {
  return {
    conversionPlan: async () => plan,
    async *convert(params: ConvertParams) {
      asked.push(params);
      yield { kind: "progress", progress: { tensor: 1, tensors: 2 } };
      const result: ConversionResult = { ...plan, path: params.output, seconds: 1 };
      yield { kind: "result", result };
    },
  } as Partial<Runtime> as Runtime;
}

describe("Conversions", () => {
  it("puts the file beside the checkpoint's folder", () => {
    const conversions = new Conversions(runtime([]), () => "/models");
    expect(conversions.outputPath(join("/data", "Tiny-7B"), plan)).toBe(resolve("/data", "Tiny-7B-BF16.gguf"));
  });

  it("leaves a hub's cache as it is", () => {
    const snapshot = join("/cache", "hub", "models--acme--Tiny-7B", "snapshots", "0123abcd");
    expect(new Conversions(runtime([]), () => "/models").outputPath(snapshot, plan)).toBe(join("/models", "Tiny-7B-BF16.gguf"));
    expect(new Conversions(runtime([])).outputPath(snapshot, plan)).toBe(resolve("/cache", "hub", "models--acme--Tiny-7B", "snapshots", "Tiny-7B-BF16.gguf"));
  });

  it("converts to the planned place, or to the one that is given", async () => {
    const asked: ConvertParams[] = [];
    const conversions = new Conversions(runtime(asked));
    const kinds: string[] = [];
    for await (const event of conversions.convert("/data/Tiny-7B", "auto", token)) kinds.push(event.kind);
    for await (const event of conversions.convert("/data/Tiny-7B", "F16", token, "/out/x.gguf")) kinds.push(event.kind);
    expect(kinds).toEqual(["progress", "result", "progress", "result"]);
    expect(asked).toEqual([{ input: "/data/Tiny-7B", output: resolve("/data/Tiny-7B-BF16.gguf"), type: "auto" }, { input: "/data/Tiny-7B", output: "/out/x.gguf", type: "F16" }]);
  });
});
