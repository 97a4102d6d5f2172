import { describe, expect, it } from "vitest";
import type { GgufHeader, TensorInfo } from "../../../../src/core/gguf/header";
import { cleanFamily, familyKey, familyOfTitle } from "../../../../src/core/models/familyName";
import { factsOf } from "../../../../src/core/models/fileFacts";
import { fitOf } from "../../../../src/core/models/fitOf";
import type { Machine } from "../../../../src/protocol/model";

const tensor = (name: string): TensorInfo => ({ name, type: "F16", shape: [64, 32], bytes: 4096, offset: 0 });
const llama = {
  "general.architecture": "llama", "llama.block_count": 2, "llama.embedding_length": 64, "llama.feed_forward_length": 128, "llama.attention.head_count": 4,
  "llama.context_length": 512, "llama.vocab_size": 32,
};
const facts = (metadata: Record<string, unknown>, names = ["token_embd.weight"], path = "/m/Tiny-F16.gguf") =>
  factsOf(path, { version: 3, metadata, tensors: names.map(tensor), dataOffset: 0 } satisfies GgufHeader, 10_000);

describe("facts of a header", () => {
  it("are what the tree shows and what memory is estimated from", () => {
    const { model } = facts({ ...llama, "general.license": "mit", "tokenizer.chat_template": "x" });
    expect(model).toMatchObject({ family: "Tiny", license: "mit", hasChatTemplate: true, weights: 4096, contextLength: 512 });
    expect(model.shape).toEqual({ blocks: 2, embedding: 64, feedForward: 128, heads: 4, keyWidth: 64, valueWidth: 64, vocabulary: 32, tiedShare: 1 });
    expect(model.role).toBeUndefined();
  });

  it("tell projectors, adapters and importance matrices apart", () => {
    expect(facts({ "general.architecture": "clip" }).model.role).toBe("projector");
    expect(facts({ ...llama, "general.type": "mmproj" }).model.role).toBe("projector");
    expect(facts(llama, ["v.patch_embd.weight"], "/m/mmproj-tiny.gguf").model.role).toBe("projector");
    expect(facts(llama, ["token_embd.weight"], "/m/mmproj-tiny.gguf").model.role).toBeUndefined();
    expect(facts({ ...llama, "general.type": "adapter" }).model).toMatchObject({ role: "adapter" });
    expect(facts({ "general.type": "imatrix" }).matrix).toBe(true);
  });

  it("have no shape where a number makes no sense", () => {
    for (const [key, value] of [["block_count", 0], ["block_count", -1], ["embedding_length", 2 ** 40], ["attention.head_count_kv", -3], ["vocab_size", 0], ["feed_forward_length", -1]] as const) {
      expect(facts({ ...llama, [`llama.${key}`]: value }).model.shape, key).toBeUndefined();
    }
    expect(facts({ ...llama, "llama.context_length": -5 }).model.contextLength).toBe(0);
    expect(facts({ ...llama, "general.architecture": "a\u202eb" }).model.architecture).toBe("a\ufffdb");
  });
});

describe("fitOf", () => {
  const machine: Machine = { totalMemory: 8 * 1024 ** 3, freeMemory: 1, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 2 };

  it("estimates memory at no more context than was trained", () => {
    const { model } = facts(llama);
    // 2 blocks × 512 cells × (64 + 64) numbers × 2 bytes.
    expect(fitOf(model, machine, 4096)).toMatchObject({ fit: "ram", memory: { weights: 8192, cache: 2 * 512 * 128 * 2 } });
    expect(fitOf({ ...model, weights: 8e9 }, machine, 256)?.fit).toBe("no");
  });

  it("says nothing where the header does not", () => expect(fitOf({ contextLength: 5, weights: 7 }, machine, 4096)).toBeUndefined());
});

describe("family names", () => {
  it("lose level and maker's marks, and are compared by letters and digits", () => {
    expect(["Tiny.i1-Q4_K_M.gguf", "Tiny-UD-Q4_K_XL.gguf", "Tiny-Q8_0.gguf"].map(cleanFamily)).toEqual(["Tiny", "Tiny", "Tiny"]);
    expect(familyKey("Llama 3.2_1B")).toBe(familyKey("llama-3.2-1b"));
    expect(familyKey("---")).toBe("---");
  });

  it("come from a title that says something, else from the tag", () => {
    expect(familyOfTitle("Llama 3.2 1B Instruct", "llama3.2:1b")).toBe("Llama-3.2-1B-Instruct");
    for (const title of ["model", "ggml-model", "tmpab12", "", "d41d8cd98f00b204e9800998ecf8427e"]) expect(familyOfTitle(title, "me/llama3.2:1b")).toBe("llama3.2-1b");
    expect(familyOfTitle(undefined, "tiny:latest")).toBe("tiny");
    expect(familyOfTitle("../../etc", "x:1")).not.toContain("/");
  });
});
