/** The sample model as a Hugging Face checkpoint: what it would have been, had transformers trained it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ParsedHeader } from "../../src/core/gguf/header";
import { parseGguf } from "../../src/core/gguf/parse";
import { type CheckpointTensors, safetensorsBytes } from "../checkpoint";
import { sampleModel } from "./buildRuntime";

const blockNames: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm", attn_q: "self_attn.q_proj", attn_k: "self_attn.k_proj", attn_v: "self_attn.v_proj", attn_output: "self_attn.o_proj",
  ffn_norm: "post_attention_layernorm", ffn_gate: "mlp.gate_proj", ffn_up: "mlp.up_proj", ffn_down: "mlp.down_proj",
};
const outerNames: Readonly<Record<string, string>> = { token_embd: "model.embed_tokens", output_norm: "model.norm", output: "lm_head" };

export function readGguf(path: string): { readonly bytes: Buffer; readonly header: ParsedHeader } {
  const bytes = readFileSync(path);
  const parsed = parseGguf(bytes, bytes.length, { longest: Infinity });
  if ("needs" in parsed) throw new Error("The header is not whole.");
  return { bytes, header: parsed.header };
}

/** The weights of the sample model under Hugging Face's names, rows of queries and keys in its order. */
export function sampleTensors(): CheckpointTensors {
  const { bytes, header } = readGguf(sampleModel());
  const tensors: Record<string, CheckpointTensors[string]> = {};
  for (const { name, type, shape, offset, bytes: length } of header.tensors) {
    const [, block, role = ""] = /^blk\.(\d+)\.(.*)\.weight$/.exec(name) ?? [];
    const source = block === undefined ? outerNames[name.replace(".weight", "")] : `model.layers.${block}.${blockNames[role]}`;
    if (source === undefined) throw new Error(`Where does ${name} go?`);
    const start = header.dataOffset + offset;
    const data = bytes.subarray(start, start + length);
    const rotated = role === "attn_q" || role === "attn_k";
    tensors[`${source}.weight`] = { dtype: type, shape: [...shape].reverse(), data: rotated ? halves(data, length / shape[1]!, 64) : data };
  }
  return tensors;
}

/** Rows of each head from pairs to two halves: what llama.cpp's converter undoes. */
function halves(data: Uint8Array, rowBytes: number, headRows: number): Uint8Array {
  const moved = new Uint8Array(data.length);
  for (let row = 0; row * rowBytes < data.length; row++) {
    const place = row % headRows;
    const to = row - place + Math.floor(place / 2) + (place % 2) * (headRows / 2);
    moved.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), to * rowBytes);
  }
  return moved;
}

export const sampleConfig = {
  architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_size: 256, intermediate_size: 768, num_hidden_layers: 5, num_attention_heads: 4, num_key_value_heads: 4,
  vocab_size: 4096, max_position_embeddings: 512, rms_norm_eps: 1e-5, rope_theta: 10000, hidden_act: "silu", tie_word_embeddings: true, torch_dtype: "float16", bos_token_id: 1, eos_token_id: 0,
};

/** Writes the checkpoint into a folder, with other tensors or more settings if they are given. */
export function writeSampleCheckpoint(folder: string, tensors = sampleTensors(), settings: Readonly<Record<string, unknown>> = {}): string {
  const { metadata } = readGguf(sampleModel()).header;
  const tokens = metadata["tokenizer.ggml.tokens"] as readonly string[];
  const types = metadata["tokenizer.ggml.token_type"] as readonly number[];
  const special = tokens.flatMap((content, id) => (types[id] === 3 ? [{ id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }] : []));
  mkdirSync(folder, { recursive: true });
  const files: Readonly<Record<string, unknown>> = {
    "config.json": { ...sampleConfig, ...settings },
    "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast", bos_token: tokens[1], eos_token: tokens[0], add_bos_token: metadata["tokenizer.ggml.add_bos_token"] },
    "tokenizer.json": {
      version: "1.0", added_tokens: special, normalizer: null, pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      model: { type: "BPE", byte_fallback: false, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: metadata["tokenizer.ggml.merges"] },
    },
  };
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value));
  writeFileSync(join(folder, "model.safetensors"), safetensorsBytes(tensors));
  return folder;
}
