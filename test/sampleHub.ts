/** A local hub with models to look at and to fetch: for end-to-end tests, the command line's tests, and trying things out. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ggufHeaderBytes } from "../src/core/gguf/writer";
import { type CheckpointOptions, writeCheckpoint } from "./checkpoint";
import type { ServedFile } from "./hubFiles";
import { type HubServer, type HubServerOptions, type ServedRepository, startHub } from "./hubServer";

const sample = resolve(__dirname, "../media/models/contracts-5m-F16.gguf");

/** The sample model, a tiny checkpoint, one of GPTQ's tag, a gated repository, and one whose levels are too large for most machines. */
export function startSampleHub(options: Partial<HubServerOptions> = {}): Promise<HubServer> {
  const repositories = [sampleRepository, checkpointRepository("decant/tiny-llama", { family: "llama" }), gatedRepository, giantRepository()];
  return startHub({ repositories, token: "hf_sample", ...options });
}

export const sampleRepository: ServedRepository = {
  id: "decant/contracts-5m-GGUF",
  downloads: 1500,
  likes: 12,
  tags: ["gguf", "license:apache-2.0"],
  more: { gguf: { total: 5_100_000, architecture: "llama", context_length: 512 } },
  files: [
    { path: "contracts-5m-F16.gguf", content: { file: sample } },
    { path: "README.md", content: { file: resolve(__dirname, "../media/models/README.md") } },
  ],
};

/** A checkpoint that can be converted (test/checkpoint.ts). */
export function checkpointRepository(id: string, options: CheckpointOptions): ServedRepository {
  const folder = writeCheckpoint(mkdtempSync(join(tmpdir(), "decant-sample-hub-")), options);
  const files: ServedFile[] = readdirSync(folder).map((name) => ({ path: name, content: readFileSync(join(folder, name)), ...(name.endsWith(".safetensors") && { large: true }) }));
  return { id, downloads: 900, likes: 3, tags: ["safetensors", "license:mit"], more: { config: { model_type: "llama" }, safetensors: { parameters: { F32: 130_000 }, total: 130_000 } }, files };
}

const gatedRepository: ServedRepository = { ...sampleRepository, id: "decant/contracts-5m-gated-GGUF", downloads: 40, gated: "manual" };

/** Llama 3 70B by its shape; its files are listed with their sizes, but nothing of them is there behind their headers. */
function giantRepository(): ServedRepository {
  const levels = [["Q8_0", "Q8_0"], ["Q4_K_M", "Q4_K"], ["Q2_K", "Q2_K"]] as const;
  const files = levels.map(([level, type]) => {
    const { content, bytes } = giantFile(type);
    return { path: `Giant-70B-Instruct-${level}.gguf`, content, large: true, listed: { bytes, sha256: "0".repeat(64) } };
  });
  return { id: "decant/Giant-70B-Instruct-GGUF", downloads: 250_000, likes: 900, tags: ["gguf", "license:llama3"], more: { gguf: { total: 70_553_706_496, architecture: "llama", context_length: 8192 } }, files };
}

function giantFile(type: string): { readonly content: Uint8Array; readonly bytes: number } {
  const number = (key: string, value: number) => ({ key: `llama.${key}`, type: "u32", value }) as const;
  const metadata = [
    { key: "general.architecture", type: "string", value: "llama" } as const,
    number("block_count", 80), number("embedding_length", 8192), number("feed_forward_length", 28672), number("attention.head_count", 64),
    number("attention.head_count_kv", 8), number("context_length", 8192), number("vocab_size", 128256),
    { key: "tokenizer.chat_template", type: "string", value: "{{ messages }}" } as const,
  ];
  const outer = ["token_embd", "output"].map((name) => ({ name: `${name}.weight`, type, shape: [8192, 128256] }));
  const inner = Array.from({ length: 80 }, (_, block) => [
    { name: `blk.${block}.attn_q.weight`, type, shape: [8192, 8192] }, { name: `blk.${block}.attn_output.weight`, type, shape: [8192, 8192] },
    { name: `blk.${block}.attn_k.weight`, type, shape: [8192, 1024] }, { name: `blk.${block}.attn_v.weight`, type, shape: [8192, 1024] },
    { name: `blk.${block}.ffn_gate.weight`, type, shape: [8192, 28672] }, { name: `blk.${block}.ffn_up.weight`, type, shape: [8192, 28672] }, { name: `blk.${block}.ffn_down.weight`, type, shape: [28672, 8192] },
  ]).flat();
  const header = ggufHeaderBytes({ metadata, tensors: [...outer, ...inner] });
  const bitsPerWeight: Readonly<Record<string, number>> = { Q8_0: 8.5, Q4_K: 4.5, Q2_K: 2.625 };
  const weights = [...outer, ...inner].reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0);
  return { content: Buffer.concat([header, Buffer.alloc(2 ** 20)]), bytes: header.length + (weights * bitsPerWeight[type]!) / 8 };
}
