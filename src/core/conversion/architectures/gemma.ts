import { type Architecture, attention, type Change, gatedFeedForward, norm, type TensorRule } from "../architecture";
import { f32, u32 } from "../entries";
import type { Hyperparameters } from "../hyperparameters";
import { ropeEntries, ropeOf } from "../ropeScaling";

const plusOne: Change = { kind: "plusOne" };
const gelu = ["gelu", "gelu_new", "gelu_pytorch_tanh"];
/** The output matrix is always the embeddings; some tools write it out once more. */
const ignored = ["lm_head."];

export const gemma: Architecture = {
  classes: ["GemmaForCausalLM"],
  name: "gemma",
  activations: gelu,
  ignored,
  metadata: (model) => basicEntries("gemma", model),
  tensors: (model) => ({
    outer: outer(model),
    block: [
      norm("model.layers.{}.input_layernorm", "blk.{}.attn_norm", model.width, plusOne),
      ...attention(model),
      norm("model.layers.{}.post_attention_layernorm", "blk.{}.ffn_norm", model.width, plusOne),
      ...gatedFeedForward(model.width, model.count("intermediate_size")),
    ],
  }),
  // <end_of_turn>, which no file names. Source: conversion/gemma.py.
  tokenizer: () => ({ addSpacePrefix: false, fixedIds: { eot: 107 } }),
};

export const gemma2: Architecture = {
  classes: ["Gemma2ForCausalLM"],
  name: "gemma2",
  activations: gelu,
  ignored,
  metadata: (model) => [
    ...basicEntries("gemma2", model),
    f32("gemma2.attn_logit_softcapping", model.number("attn_logit_softcapping")),
    f32("gemma2.final_logit_softcapping", model.number("final_logit_softcapping")),
    u32("gemma2.attention.sliding_window", model.count("sliding_window")),
  ],
  tensors: (model) => ({ outer: outer(model), block: sandwich(model) }),
  tokenizer: () => ({ addSpacePrefix: false }),
};

/** What config.json may leave out. Source: Gemma3TextConfig of transformers. */
const gemma3Defaults = {
  num_attention_heads: 8, num_key_value_heads: 4, head_dim: 256, max_position_embeddings: 131_072, rms_norm_eps: 1e-6, vocab_size: 262_208, rope_theta: 1_000_000,
};

/** Gemma 3: text only; what makes the larger ones see is left out. */
export const gemma3: Architecture = {
  classes: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
  name: "gemma3",
  activations: gelu,
  ignored: [...ignored, "vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector."],
  metadata: (given) => {
    const model = gemma3Of(given);
    const cap = model.optionalNumber("final_logit_softcapping");
    return [
      ...basicEntries("gemma3", model),
      ...ropeEntries("gemma3", ropeOf(model)),
      ...(cap ? [f32("gemma3.final_logit_softcapping", cap)] : []),
      ...(model.get("sliding_window_pattern") === 1 ? [] : [u32("gemma3.attention.sliding_window", model.count("sliding_window"))]),
    ];
  },
  tensors: (given) => {
    const model = gemma3Of(given);
    return {
      outer: outer(model),
      block: [
        ...sandwich(model),
        norm("model.layers.{}.self_attn.q_norm", "blk.{}.attn_q_norm", model.headWidth, plusOne),
        norm("model.layers.{}.self_attn.k_norm", "blk.{}.attn_k_norm", model.headWidth, plusOne),
      ],
    };
  },
  tokenizer: () => ({ addSpacePrefix: false }),
};

function gemma3Of(model: Hyperparameters): Hyperparameters {
  return model.withDefaults(gemma3Defaults);
}

function basicEntries(name: string, model: Hyperparameters) {
  return [
    u32(`${name}.context_length`, model.count("max_position_embeddings")),
    u32(`${name}.embedding_length`, model.width),
    u32(`${name}.block_count`, model.blocks),
    u32(`${name}.feed_forward_length`, model.count("intermediate_size")),
    u32(`${name}.attention.head_count`, model.heads),
    u32(`${name}.attention.head_count_kv`, model.keyHeads),
    f32(`${name}.attention.layer_norm_rms_epsilon`, model.number("rms_norm_eps")),
    u32(`${name}.attention.key_length`, model.count("head_dim")),
    u32(`${name}.attention.value_length`, model.count("head_dim")),
  ];
}

function outer(model: Hyperparameters): readonly TensorRule[] {
  return [
    { source: "model.embed_tokens.weight", target: "token_embd.weight", shape: [model.count("vocab_size"), model.width] },
    norm("model.norm", "output_norm", model.width, plusOne),
  ];
}

/** Norms before and after attention and feed-forward. */
function sandwich(model: Hyperparameters): readonly TensorRule[] {
  return [
    norm("model.layers.{}.input_layernorm", "blk.{}.attn_norm", model.width, plusOne),
    ...attention(model),
    norm("model.layers.{}.post_attention_layernorm", "blk.{}.post_attention_norm", model.width, plusOne),
    norm("model.layers.{}.pre_feedforward_layernorm", "blk.{}.ffn_norm", model.width, plusOne),
    ...gatedFeedForward(model.width, model.count("intermediate_size")),
    norm("model.layers.{}.post_feedforward_layernorm", "blk.{}.post_ffw_norm", model.width, plusOne),
  ];
}
