import { describe, expect, it } from "vitest";
import type { GgufHeader } from "../../../../src/core/gguf/header";
import { lineageOf, withParents } from "../../../../src/core/models/lineage";
import type { ModelFile } from "../../../../src/protocol/model";

const header = (metadata: Record<string, unknown>): GgufHeader => ({ version: 3, metadata, tensors: [], dataOffset: 0 });

describe("lineageOf", () => {
  it("reads what Decant wrote", () => {
    const written = header({ "decant.step": "quantize Q4_K_M", "decant.history": "convert F16 > prune 1 block", "decant.parent": "a-F16.gguf", "decant.base": "a" });
    expect(lineageOf("b-Q4_K_M.gguf", written, "Q4_K_M", "model")).toEqual({ steps: ["convert F16", "prune 1 block", "quantize Q4_K_M"], base: "a", parent: "a-F16.gguf" });
  });

  it("reads what converters and quantizers write", () => {
    const foreign = header({ "general.base_model.count": 2, "general.base_model.0.name": "Llama 3.2 1B", "general.base_model.1.repo_url": "https://hub/x/y", "general.quantized_by": "bartowski", "quantize.imatrix.file": "x" });
    expect(lineageOf("x-Q4_K_M.gguf", foreign, "Q4_K_M", "model")).toEqual({ steps: ["quantize Q4_K_M with an importance matrix by bartowski"], base: "Llama 3.2 1B" });
  });

  it("guesses from names as a last resort, and says nothing of an original", () => {
    expect(lineageOf("/m/Big-R1-Distill-pruned-Q8_0.gguf", header({}), "Q8_0", "model")?.steps).toEqual(["prune", "distil", "quantize Q8_0"]);
    expect(lineageOf("/m/Prunella-F16.gguf", header({}), "F16", "model")).toBeUndefined();
  });

  it("does not believe endless histories or hidden characters", () => {
    const hostile = lineageOf("a.gguf", header({ "decant.step": "x\u202ey\n", "decant.history": "a > ".repeat(1000), "general.base_model.count": 2 ** 31, "decant.parent": 7 }), "F16", "model");
    expect(hostile?.steps.at(-1)).toBe("x\ufffdy\ufffd");
    expect(hostile?.steps.length).toBeLessThanOrEqual(20);
    expect(hostile?.parent).toBeUndefined();
  });
});

describe("withParents", () => {
  const file = (path: string, parent?: string, more: Partial<ModelFile> = {}): ModelFile => ({
    path, family: "a", type: "F16", bytes: 1, parameters: 1, architecture: "llama", contextLength: 0, ...(parent !== undefined && { lineage: { steps: [], parent } }), ...more,
  });
  const parents = (...files: ModelFile[]) => withParents(files).map(({ lineage }) => lineage?.parentPath);

  it("takes the file beside, then the one of the family, then the only one of that name", () => {
    expect(parents(file("/x/o.gguf"), file("/y/o.gguf"), file("/y/q.gguf", "o.gguf"))).toEqual([undefined, undefined, "/y/o.gguf"]);
    expect(parents(file("/x/o.gguf", undefined, { family: "b" }), file("/y/o.gguf"), file("/z/q.gguf", "o.gguf"))[2]).toBe("/y/o.gguf");
    expect(parents(file("/x/o.gguf", undefined, { family: "b" }), file("/z/q.gguf", "o.gguf"))[1]).toBe("/x/o.gguf");
    expect(parents(file("/x/o.gguf", undefined, { family: "b" }), file("/y/o.gguf", undefined, { family: "c" }), file("/z/q.gguf", "o.gguf"))[2]).toBeUndefined();
  });

  it("takes none of another architecture, not itself, and breaks circles", () => {
    expect(parents(file("/x/o.gguf", undefined, { architecture: "gemma" }), file("/x/q.gguf", "o.gguf"))[1]).toBeUndefined();
    expect(parents(file("/x/o.gguf", "o.gguf"))).toEqual([undefined]);
    expect(parents(file("/x/a.gguf", "c.gguf"), file("/x/b.gguf", "a.gguf"), file("/x/c.gguf", "b.gguf"))).toEqual(["/x/c.gguf", "/x/a.gguf", undefined]);
  });
});
