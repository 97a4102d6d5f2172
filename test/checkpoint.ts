/** Tiny Hugging Face checkpoints, the same ones every time: for conversion, GPTQ, the hub's server and the editor's tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromFloats } from "../src/core/conversion/elements";
import { byteLevelTokenizer, sentencePieceModel, sentencePieceTokenizerJson } from "./checkpointTokenizers";

export type CheckpointFamily = "llama" | "llama3" | "mistral" | "qwen2" | "qwen3" | "phi2" | "phi3" | "gemma" | "gemma2" | "gemma3";

export interface CheckpointTensor {
  readonly dtype: string;
  /** Rows first. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}
export type CheckpointTensors = Readonly<Record<string, CheckpointTensor>>;

export interface CheckpointOptions {
  readonly family?: CheckpointFamily;
  readonly dtype?: "F32" | "F16" | "BF16";
  /** Files that the weights are spread over, with an index. */
  readonly shards?: number;
  /** Values that replace those of config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Files that replace those written, by name; undefined leaves one out. */
  readonly files?: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** Another family's tokenizer. */
  readonly tokenizer?: CheckpointFamily | "phi4";
  /** Changes the tensors before they are written. */
  readonly tensors?: (tensors: CheckpointTensors) => CheckpointTensors;
}

const width = 64;
const inner = 96;
const heads = 4;
const keyHeads = 2;
const blocks = 2;
const vocabulary = 320;

/** Writes a checkpoint of two blocks into a folder, which is made. */
export function writeCheckpoint(folder: string, options: CheckpointOptions = {}): string {
  const { files, tensors } = checkpointContents(options);
  mkdirSync(folder, { recursive: true });
  const written = { ...weightFiles(tensors, options.shards ?? 1), ...files };
  for (const [name, content] of Object.entries(written)) if (content !== undefined) writeFileSync(join(folder, name), content);
  return folder;
}

/** What such a folder holds: tensors, and all other files by name. */
export function checkpointContents({ family = "llama", dtype = "BF16", ...options }: CheckpointOptions): { readonly tensors: CheckpointTensors; readonly files: Readonly<Record<string, string | Uint8Array | undefined>> } {
  const tensors = checkpointTensors(family, dtype);
  const config = { ...configs[family], torch_dtype: dtype === "BF16" ? "bfloat16" : dtype === "F16" ? "float16" : "float32", ...options.config };
  return { tensors: options.tensors?.(tensors) ?? tensors, files: { "config.json": json(config), ...tokenizerFiles(options.tokenizer ?? family), ...options.files } };
}

/** A .safetensors file. */
export function safetensorsBytes(tensors: CheckpointTensors): Uint8Array {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...Object.values(tensors).map(({ data }) => data)]);
}

function weightFiles(tensors: CheckpointTensors, shards: number): Record<string, Uint8Array | string> {
  if (shards === 1) return { "model.safetensors": safetensorsBytes(tensors) };
  const entries = Object.entries(tensors);
  const size = Math.ceil(entries.length / shards);
  const files: Record<string, Uint8Array | string> = {};
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const name = `model-${String(shard + 1).padStart(5, "0")}-of-${String(shards).padStart(5, "0")}.safetensors`;
    const part = entries.slice(shard * size, (shard + 1) * size);
    files[name] = safetensorsBytes(Object.fromEntries(part));
    for (const [tensor] of part) weightMap[tensor] = name;
  }
  return { ...files, "model.safetensors.index.json": json({ metadata: {}, weight_map: weightMap }) };
}

const common = {
  hidden_size: width, intermediate_size: inner, num_hidden_layers: blocks, num_attention_heads: heads, num_key_value_heads: keyHeads,
  vocab_size: vocabulary, max_position_embeddings: 256, rms_norm_eps: 1e-5, hidden_act: "silu", bos_token_id: 1, eos_token_id: 2,
};
const gemmaConfig = { ...common, head_dim: 32, rms_norm_eps: 1e-6, hidden_act: "gelu_pytorch_tanh", hidden_activation: "gelu_pytorch_tanh", pad_token_id: 0 };

const configs: Readonly<Record<CheckpointFamily, Readonly<Record<string, unknown>>>> = {
  llama: { architectures: ["LlamaForCausalLM"], model_type: "llama", ...common, rope_theta: 10000, tie_word_embeddings: false },
  llama3: {
    architectures: ["LlamaForCausalLM"], model_type: "llama", ...common, rope_theta: 500000, tie_word_embeddings: true, head_dim: 16, bos_token_id: 256, eos_token_id: [257, 258],
    rope_scaling: { rope_type: "llama3", factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 128 },
  },
  mistral: { architectures: ["MistralForCausalLM"], model_type: "mistral", ...common, head_dim: 32, rope_theta: 1000000, sliding_window: null, tie_word_embeddings: false },
  qwen2: { architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", ...common, rope_theta: 1000000, tie_word_embeddings: true, bos_token_id: 256, eos_token_id: 257, rope_scaling: { type: "yarn", factor: 4, original_max_position_embeddings: 64 } },
  qwen3: { architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", ...common, head_dim: 32, rope_theta: 1000000, tie_word_embeddings: false, attention_bias: false, bos_token_id: 256, eos_token_id: 257 },
  phi2: {
    architectures: ["PhiForCausalLM"], model_type: "phi", hidden_size: width, intermediate_size: 4 * width, num_hidden_layers: blocks, num_attention_heads: heads, vocab_size: vocabulary,
    max_position_embeddings: 256, layer_norm_eps: 1e-5, hidden_act: "gelu_new", partial_rotary_factor: 0.5, rope_theta: 10000, tie_word_embeddings: false, bos_token_id: 256, eos_token_id: 256,
  },
  phi3: {
    architectures: ["Phi3ForCausalLM"], model_type: "phi3", ...common, rope_theta: 10000, original_max_position_embeddings: 64, sliding_window: 128, tie_word_embeddings: false,
    rope_scaling: { type: "longrope", long_factor: [1.05, 1.5, 2, 3, 4, 5, 6, 7], short_factor: [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7] },
  },
  gemma: { architectures: ["GemmaForCausalLM"], model_type: "gemma", ...gemmaConfig, num_key_value_heads: 1, rope_theta: 10000 },
  gemma2: { architectures: ["Gemma2ForCausalLM"], model_type: "gemma2", ...gemmaConfig, attn_logit_softcapping: 50, final_logit_softcapping: 30, sliding_window: 32, query_pre_attn_scalar: 32 },
  gemma3: {
    architectures: ["Gemma3ForCausalLM"], model_type: "gemma3_text", ...gemmaConfig, sliding_window: 32, sliding_window_pattern: 6, rope_theta: 1000000, rope_local_base_freq: 10000,
    rope_scaling: { rope_type: "linear", factor: 8 }, query_pre_attn_scalar: 32,
  },
};

function tokenizerFiles(family: CheckpointFamily | "phi4"): Record<string, string | Uint8Array> {
  switch (family) {
    case "llama3": return byteLevelTokenizer(vocabulary, "llama3");
    case "qwen2": case "qwen3": return byteLevelTokenizer(vocabulary, "qwen2");
    case "phi2": return byteLevelTokenizer(vocabulary, "plain");
    case "phi4": return byteLevelTokenizer(vocabulary, "phi4");
    case "mistral": return sentencePieceTokenizerJson(vocabulary);
    case "phi3": return { ...sentencePieceModel(vocabulary), ...sentencePieceTokenizerJson(vocabulary) };
    case "llama": case "gemma": case "gemma2": case "gemma3": return sentencePieceModel(vocabulary);
  }
}

/** The tensors of a family with weights that follow from their names. */
export function checkpointTensors(family: CheckpointFamily, dtype: "F32" | "F16" | "BF16"): CheckpointTensors {
  const tensors: Record<string, CheckpointTensor> = {};
  const add = (name: string, ...shape: number[]): void => {
    const count = shape.reduce((product, size) => product * size, 1);
    const base = name.includes("norm") && !family.startsWith("gemma") && name.endsWith("weight") ? 1 : 0;
    tensors[name] = { dtype, shape, data: fromFloats(weights(name, count, base), dtype) };
  };
  const linear = (name: string, rows: number, columns: number, bias = false): void => {
    add(`${name}.weight`, rows, columns);
    if (bias) add(`${name}.bias`, rows);
  };
  const headWidth = ["mistral", "qwen3"].includes(family) || family.startsWith("gemma") ? 32 : width / heads;
  const shared = family === "gemma" ? 1 : keyHeads;
  add("model.embed_tokens.weight", vocabulary, width);
  for (let block = 0; block < blocks; block++) {
    const at = `model.layers.${block}`;
    if (family === "phi2") {
      add(`${at}.input_layernorm.weight`, width);
      add(`${at}.input_layernorm.bias`, width);
      for (const part of ["q_proj", "k_proj", "v_proj", "dense"]) linear(`${at}.self_attn.${part}`, width, width, true);
      linear(`${at}.mlp.fc1`, 4 * width, width, true);
      linear(`${at}.mlp.fc2`, width, 4 * width, true);
      continue;
    }
    add(`${at}.input_layernorm.weight`, width);
    add(`${at}.post_attention_layernorm.weight`, width);
    if (family === "phi3") {
      linear(`${at}.self_attn.qkv_proj`, (heads + 2 * shared) * headWidth, width);
      linear(`${at}.mlp.gate_up_proj`, 2 * inner, width);
    } else {
      linear(`${at}.self_attn.q_proj`, heads * headWidth, width, family === "qwen2");
      linear(`${at}.self_attn.k_proj`, shared * headWidth, width, family === "qwen2");
      linear(`${at}.self_attn.v_proj`, shared * headWidth, width, family === "qwen2");
      linear(`${at}.mlp.gate_proj`, inner, width);
      linear(`${at}.mlp.up_proj`, inner, width);
    }
    linear(`${at}.self_attn.o_proj`, width, heads * headWidth);
    linear(`${at}.mlp.down_proj`, width, inner);
    if (family === "qwen3" || family === "gemma3") for (const part of ["q_norm", "k_norm"]) add(`${at}.self_attn.${part}.weight`, headWidth);
    if (family === "gemma2" || family === "gemma3") for (const part of ["pre_feedforward_layernorm", "post_feedforward_layernorm"]) add(`${at}.${part}.weight`, width);
  }
  const last = family === "phi2" ? "model.final_layernorm" : "model.norm";
  add(`${last}.weight`, width);
  if (family === "phi2") add(`${last}.bias`, width);
  if (["llama", "mistral", "qwen3", "phi2", "phi3"].includes(family)) linear("lm_head", vocabulary, width, family === "phi2");
  return tensors;
}

/** Between −0.1 and 0.1 around the base, by a linear congruential generator that the name starts. */
function weights(name: string, count: number, base: number): Float32Array {
  let state = [...name].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) >>> 0, 7);
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return base + (state / 2 ** 32 - 0.5) * 0.2;
  });
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
