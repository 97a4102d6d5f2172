/** The checkpoints that llama.cpp's own converter was run on (scripts/conversion/reference.py), by the name of their folder. */
import type { CheckpointOptions } from "./checkpoint";

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
};
