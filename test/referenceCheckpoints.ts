/** The checkpoints that llama.cpp's own converter was run on (scripts/conversion/reference.py), by the name of their folder. */
import type { CheckpointOptions, CheckpointTensors } from "./checkpoint";

export { writeCheckpoint } from "./checkpoint";

const card = `---
license: apache-2.0
base_model: acme/Tiny-7B-v0.1
language:
- en
- ru
tags: [chat, "small one"]
pipeline_tag: text-generation
datasets:
- acme/texts
---
# Tiny
`;

function renamed(change: (name: string) => string): (tensors: CheckpointTensors) => CheckpointTensors {
  return (tensors) => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [change(name), tensor]));
}

const picture = { dtype: "BF16", shape: [4], data: new Uint8Array(8) };

export const referenceCheckpoints: Readonly<Record<string, CheckpointOptions>> = {
  "tiny-llama-2-7b-chat-hf": { family: "llama", dtype: "F16", shards: 3, files: { "README.md": card, "generation_config.json": '{"temperature": 0.6, "top_p": 0.9, "top_k": 50, "repetition_penalty": 1.1}' } },
  "Tiny-Llama-3.2-1B-Instruct": { family: "llama3", dtype: "BF16" },
  "tiny-qwen2.5": { family: "qwen2", dtype: "BF16", config: { _name_or_path: "acme/Tiny-Qwen2.5-100K-Instruct" } },
  "tiny-qwen3": { family: "qwen3", dtype: "F32" },
  "tiny-phi-2": { family: "phi2", dtype: "F16" },
  "tiny-phi-3-mini-4k-instruct": { family: "phi3", dtype: "BF16" },
  "tiny-gemma-2b-it": { family: "gemma", dtype: "BF16" },
  "tiny-gemma-2": { family: "gemma2", dtype: "BF16" },
  "tiny-gemma-3-1b": { family: "gemma3", dtype: "BF16" },
  // Sees pictures, too: its text part has the numbers, and its tensors other names.
  "tiny-gemma-3-4b-it": {
    family: "gemma3", dtype: "BF16",
    config: { architectures: ["Gemma3ForConditionalGeneration"], hidden_size: undefined, num_hidden_layers: undefined, text_config: { hidden_size: 64, num_hidden_layers: 2 }, vision_config: { hidden_size: 8 } },
    tensors: (tensors) => ({ ...renamed((name) => `language_model.${name}`)(tensors), "vision_tower.vision_model.post_layernorm.weight": picture, "multi_modal_projector.mm_soft_emb_norm.weight": picture }),
  },
  "tiny-mistral": { family: "mistral", dtype: "BF16", tokenizer: "llama", config: { rope_scaling: { type: "linear", factor: 2 } } },
  // Without its head, whose checkpoint begins names with "model.".
  "tiny-embedding": { family: "qwen2", dtype: "F16", config: { architectures: ["Qwen2Model"], rope_scaling: null }, tensors: renamed((name) => name.replace(/^model\./, "")) },
  // Newer transformers keep positions in one place, for both kinds of blocks.
  "tiny-gemma-3-new": {
    family: "gemma3", dtype: "BF16",
    config: { rope_scaling: undefined, rope_theta: undefined, rope_local_base_freq: undefined, rope_parameters: { full_attention: { rope_type: "linear", factor: 8, rope_theta: 1000000 }, sliding_attention: { rope_type: "default", rope_theta: 20000 } } },
  },
  // Phi 4: part of each head rotated, no window, a byte-level tokenizer.
  "tiny-phi-4": {
    family: "phi3", dtype: "BF16", tokenizer: "phi4",
    config: { rope_scaling: null, sliding_window: null, partial_rotary_factor: 0.5, tie_word_embeddings: true, bos_token_id: 256, eos_token_id: 257 },
    tensors: (tensors) => Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== "lm_head.weight")),
  },
};
