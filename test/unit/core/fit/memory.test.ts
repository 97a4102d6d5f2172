import { describe, expect, it } from "vitest";
import { memoryNeed, tiedBytes } from "../../../../src/core/fit/memory";
import type { TensorInfo } from "../../../../src/core/gguf/header";

const GiB = 1024 ** 3;
/** Llama 3 8B: 32 blocks, 8 KV heads of 128. */
const llama3 = { blocks: 32, embedding: 4096, feedForward: 14336, heads: 32, keyWidth: 1024, valueWidth: 1024, vocabulary: 128256 };

describe("memory of a model", () => {
  it("keeps quantized keys and values in 34/64 and 18/64 of that", () => {
    expect(memoryNeed(0, llama3, 8192, "Q8_0").cache).toBe((GiB * 34) / 64);
    expect(memoryNeed(0, llama3, 8192, "Q4_0").cache).toBe((GiB * 18) / 64);
  });

  it("counts the logits of 512 tokens for a large vocabulary, the feed-forward network and mask for a small one", () => {
    expect(memoryNeed(0, llama3, 8192).compute).toBe(4 * 512 * (128256 + 2 * 4096) + 4 * 128256);
    expect(memoryNeed(0, { ...llama3, vocabulary: 1000 }, 8192).compute).toBe(4 * 512 * (3 * 14336 + 4 * 4096) + 2 * 512 * 8192 + 4000);
  });

  it("counts an embedding that is the output matrix too twice", () => {
    expect(memoryNeed(1000, { ...llama3, tiedShare: 0.2 }, 512).weights).toBe(1200);
    const tensor = (name: string, rows: number): TensorInfo => ({ name, type: "F16", shape: [2, rows], bytes: 4 * rows, offset: 0 });
    expect(tiedBytes([tensor("token_embd.weight", 64), tensor("blk.0.attn_q.weight", 8)])).toBe(256);
    expect(tiedBytes([tensor("token_embd.weight", 64), tensor("output.weight", 64)])).toBe(0);
    // Rows that cannot be grouped stay as they are, and are there once.
    expect(tiedBytes([tensor("token_embd.weight", 65)])).toBe(0);
  });
});
