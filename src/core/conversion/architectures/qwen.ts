import { type Architecture, attention, embeddings, gatedFeedForward, norm, type TensorRule } from "../architecture";
import type { Hyperparameters } from "../hyperparameters";
import { commonEntries } from "./common";

/** Qwen 2 and 2.5: biases on queries, keys and values. */
export const qwen2: Architecture = {
  classes: ["Qwen2ForCausalLM", "Qwen2Model"],
  name: "qwen2",
  activations: ["silu"],
  metadata: (model) => commonEntries("qwen2", model),
  tensors: (model) => ({ outer: embeddings(model), block: block(model) }),
};

/** Qwen 3: queries and keys are normalized head by head. */
export const qwen3: Architecture = {
  classes: ["Qwen3ForCausalLM", "Qwen3Model"],
  name: "qwen3",
  activations: ["silu"],
  metadata: (model) => commonEntries("qwen3", model),
  tensors: (model) => ({
    outer: embeddings(model),
    block: [
      ...block(model),
      norm("model.layers.{}.self_attn.q_norm", "blk.{}.attn_q_norm", model.headWidth),
      norm("model.layers.{}.self_attn.k_norm", "blk.{}.attn_k_norm", model.headWidth),
    ],
  }),
};

function block(model: Hyperparameters): readonly TensorRule[] {
  return [
    norm("model.layers.{}.input_layernorm", "blk.{}.attn_norm", model.width),
    ...attention(model),
    norm("model.layers.{}.post_attention_layernorm", "blk.{}.ffn_norm", model.width),
    ...gatedFeedForward(model.width, model.count("intermediate_size")),
  ];
}
