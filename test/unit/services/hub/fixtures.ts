import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ggufHeaderBytes, type MetadataEntry } from "../../../../src/core/gguf/writer";
import type { Machine } from "../../../../src/protocol/model";
import type { Download } from "../../../../src/protocol/hub";
import { type CancellationToken, CancellationTokenSource } from "../../../../src/protocol/rpc";
import { HubClient, type HubClientOptions } from "../../../../src/services/hub/hubClient";
import type { Downloads } from "../../../../src/services/hub/downloads";
import type { ServedRepository } from "../../../hubServer";

export const never: CancellationToken = new CancellationTokenSource().token;
/** Milliseconds, for servers on this machine. */
export const quick = { tries: 3, first: 5, longest: 200 };

export const machine: Machine = { totalMemory: 16 * 2 ** 30, freeMemory: 8 * 2 ** 30, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 4 };

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "decant-hub-"));
}

export function clientOf(url: string, options: Partial<HubClientOptions> & { readonly token?: string } = {}): HubClient {
  return new HubClient({ url: () => url, secrets: { get: async () => options.token }, machine: async () => machine, stall: 5000, retry: quick, ...options });
}

/** Bytes that differ everywhere, the same each time. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** A llama of 2 blocks, width 64, 4 heads (2 for keys and values), feed-forward 128, whose weights are all F16 and nothing but noise. */
export function tinyGguf(vocabulary = 256, more: readonly MetadataEntry[] = []): Uint8Array {
  const metadata: MetadataEntry[] = [
    { key: "general.architecture", type: "string", value: "llama" },
    { key: "general.license", type: "string", value: "mit" },
    { key: "llama.block_count", type: "u32", value: 2 },
    { key: "llama.embedding_length", type: "u32", value: 64 },
    { key: "llama.feed_forward_length", type: "u32", value: 128 },
    { key: "llama.attention.head_count", type: "u32", value: 4 },
    { key: "llama.attention.head_count_kv", type: "u32", value: 2 },
    { key: "llama.context_length", type: "u32", value: 2048 },
    { key: "tokenizer.ggml.tokens", type: "array", element: "string", value: Array.from({ length: vocabulary }, (_, index) => `token number ${index}`) },
    { key: "tokenizer.chat_template", type: "string", value: "{{ messages }}" },
    ...more,
  ];
  const tensors = [
    { name: "token_embd.weight", type: "F16", shape: [64, vocabulary] },
    { name: "output.weight", type: "F16", shape: [64, vocabulary] },
  ];
  return Buffer.concat([ggufHeaderBytes({ metadata, tensors }), noise(2 * 2 * 64 * vocabulary)]);
}

/** A .safetensors file whose tensors hold zeros. */
export function safetensors(tensors: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly bytes: number }>>): Uint8Array {
  let place = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const offsets = [place, (place += bytes)];
    return [name, { dtype, shape, data_offsets: offsets }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(place)]);
}

export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export const modelFile = noise(300_000);

/** Two levels, a projector, a split model and what is no choice. */
export const ggufRepository: ServedRepository = {
  id: "maker/Tiny-GGUF",
  downloads: 1200,
  likes: 7,
  tags: ["gguf", "license:apache-2.0"],
  more: { gguf: { total: 32768, architecture: "llama", context_length: 2048 } },
  files: [
    { path: "Tiny-Q8_0.gguf", content: modelFile },
    { path: "Tiny-F16.gguf", content: tinyGguf() , large: true },
    { path: "split/Tiny-Q4_K_M-00001-of-00002.gguf", content: noise(100_000, 2) },
    { path: "split/Tiny-Q4_K_M-00002-of-00002.gguf", content: noise(90_000, 3) },
    { path: "mmproj-F16.gguf", content: noise(70_000, 4) },
    { path: "imatrix.gguf", content: noise(100) },
    { path: "README.md", content: Buffer.from("# Tiny") },
  ],
};

const config = { model_type: "llama", hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 128, vocab_size: 256, max_position_embeddings: 1024 };

export const checkpointRepository: ServedRepository = {
  id: "maker/Tiny",
  downloads: 50,
  tags: ["safetensors", "license:mit"],
  more: { config: { model_type: "llama" }, safetensors: { parameters: { BF16: 32768 }, total: 32768 } },
  files: [
    { path: "config.json", content: json(config) },
    { path: "tokenizer.json", content: json({ model: {} }) },
    { path: "tokenizer_config.json", content: json({ chat_template: "{{ messages }}" }) },
    { path: "LICENSE", content: Buffer.from("MIT") },
    { path: "model.safetensors", content: safetensors({ "model.embed_tokens.weight": { dtype: "BF16", shape: [256, 64], bytes: 32768 }, "lm_head.weight": { dtype: "BF16", shape: [256, 64], bytes: 32768 } }), large: true },
    { path: "consolidated.safetensors", content: noise(1000), large: true },
    { path: "original/params.json", content: json({}) },
  ],
};

export const gptqRepository: ServedRepository = {
  id: "maker/Tiny-GPTQ",
  downloads: 60,
  tags: ["gptq", "4-bit", "safetensors"],
  more: { config: { model_type: "llama", quantization_config: { bits: 4, quant_method: "gptq" } } },
  files: [
    { path: "config.json", content: json({ ...config, quantization_config: { bits: 4, group_size: 128, desc_act: true, quant_method: "gptq" } }) },
    // 64 rows of 128 columns, packed eight to a number: 8192 weights, beside 4096 plain ones.
    {
      path: "model.safetensors", large: true, content: safetensors({
        "a.qweight": { dtype: "I32", shape: [16, 64], bytes: 4096 }, "a.qzeros": { dtype: "I32", shape: [1, 8], bytes: 32 },
        "a.scales": { dtype: "F16", shape: [1, 64], bytes: 128 }, "a.g_idx": { dtype: "I32", shape: [128], bytes: 512 }, "lm_head.weight": { dtype: "F16", shape: [64, 64], bytes: 8192 },
      }),
    },
  ],
};

/** Resolves when a download is no longer on its way. */
export async function ended(downloads: Downloads, id: string): Promise<Download> {
  return until(downloads, id, ({ state }) => state === "done" || state === "failed" || state === "paused");
}

export function until(downloads: Downloads, id: string, holds: (download: Download) => boolean): Promise<Download> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = downloads.list.find((download) => download.id === id);
      if (!found || !holds(found)) return;
      subscription.dispose();
      resolve(found);
    };
    const subscription = downloads.onDidChange(look);
    look();
  });
}
