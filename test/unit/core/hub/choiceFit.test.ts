import { describe, expect, it } from "vitest";
import type { HubChoice } from "../../../../src/protocol/hub";
import { fitted, fittedLike } from "../../../../src/core/hub/choiceFit";
import { checkpointFacts } from "../../../../src/core/hub/checkpointFacts";
import { memoryNeed } from "../../../../src/core/fit/memory";

const machine = { totalMemory: 8 * 2 ** 30, freeMemory: 0, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 2 };
const choice = (bytes: number, more: Partial<HubChoice> = {}): HubChoice => ({ id: "m.gguf", label: "Q4_0", format: "gguf", level: "Q4_0", role: "model", bytes, files: [{ path: "m.gguf", bytes }], ...more });
// Llama 3 8B.
const shape = { blocks: 32, embedding: 4096, feedForward: 14336, heads: 32, keyWidth: 1024, valueWidth: 1024, vocabulary: 128256 };

describe("what fits before it is downloaded", () => {
  it("is told from the size alone: 6 GiB are usable of 8, 5.1 of them without pressure", () => {
    expect([1e9, 4.8e9, 5.3e9, 7e9].map((bytes) => fitted(choice(bytes), machine, 4096).fit)).toEqual(["ram", "tight", "tight", "no"]);
    expect(fitted(choice(1e9), machine, 4096).memory).toBeUndefined();
    expect(fitted(choice(1e9), undefined, 4096).fit).toBeUndefined();
    expect(fitted(choice(5.3e9, { role: "projector" }), machine, 4096).fit).toBe("ram");
  });

  it("is exact where the header was read, and for the other levels of that base", () => {
    const header = { architecture: "llama", parameters: 8.03e9, contextLength: 2048, bitsPerWeight: 4.5, hasChatTemplate: true, shape };
    const read = fitted(choice(4.6e9, { header }), machine, 4096);
    expect(read.memory).toEqual(memoryNeed((4.5 * 8.03e9) / 8, shape, 2048));
    expect(fittedLike(choice(8.5e9), shape, 2048, machine, 4096)).toMatchObject({ memory: memoryNeed(8.5e9, shape, 2048), fit: "no" });
    expect(fittedLike(read, shape, 512, machine, 4096).memory).toEqual(read.memory);
    const checkpoint = choice(0, { format: "safetensors", bytes: 110, files: [{ path: "model.safetensors", bytes: 100 }, { path: "tokenizer.json", bytes: 10 }] });
    expect(fittedLike(checkpoint, shape, 2048, machine, 4096).memory?.weights).toBe(100);
  });
});

describe("a checkpoint's facts", () => {
  const tensor = (name: string, shape: readonly number[], bytes: number, start = 0) => ({ name, dtype: "BF16" as const, shape, start, end: start + bytes });

  it("come from config.json; a missing head width is that of the embedding", () => {
    const config = { model_type: "qwen2", hidden_size: 896, num_hidden_layers: 24, num_attention_heads: 14, num_key_value_heads: 2, intermediate_size: 4864, vocab_size: 151936, max_position_embeddings: 32768 };
    const facts = checkpointFacts(config, [tensor("model.embed_tokens.weight", [10, 10], 200), tensor("model.norm.weight", [100], 200, 200)], true);
    // 2 heads of 896 / 14 = 64.
    expect(facts).toMatchObject({ architecture: "qwen2", parameters: 200, contextLength: 32768, bitsPerWeight: 16, shape: { blocks: 24, keyWidth: 128, valueWidth: 128, feedForward: 4864, vocabulary: 151936, tiedShare: 0.5 } });
  });

  it("are those of the text model inside of a larger one", () => {
    const text_config = { hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, head_dim: 32, vocab_size: 9 };
    expect(checkpointFacts({ model_type: "gemma3", text_config }, [tensor("lm_head.weight", [1], 2)], false).shape).toMatchObject({ keyWidth: 128, feedForward: 256, tiedShare: 0 });
  });

  it("lack the shape where the configuration is none", () => {
    for (const config of [undefined, [], "x", { hidden_size: "64" }, { hidden_size: 64, num_hidden_layers: -1, num_attention_heads: 2 }]) expect(checkpointFacts(config, [], false).shape).toBeUndefined();
  });
});
