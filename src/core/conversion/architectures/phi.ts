import { HumanError } from "../../../protocol/humanError";
import { type Architecture, type ComputedTensor, embeddings, linear, norm } from "../architecture";
import { f32, u32 } from "../entries";
import type { Hyperparameters } from "../hyperparameters";
import { numberIn, positions, ropeOf } from "../ropeScaling";

/** Phi 1, 1.5 and 2: layer norms with biases, attention and feed-forward side by side. */
export const phi2: Architecture = {
  classes: ["PhiForCausalLM"],
  name: "phi2",
  activations: ["gelu_new", "gelu_pytorch_tanh"],
  metadata: (model) => [
    u32("phi2.context_length", contextOf(model)),
    u32("phi2.embedding_length", model.width),
    u32("phi2.feed_forward_length", 4 * model.width),
    u32("phi2.block_count", model.blocks),
    u32("phi2.attention.head_count", model.heads),
    u32("phi2.attention.head_count_kv", model.heads),
    f32("phi2.attention.layer_norm_epsilon", model.number("layer_norm_eps", "layer_norm_epsilon")),
    u32("phi2.rope.dimension_count", rotatedOf(model)),
  ],
  tensors: (model) => {
    const { width } = model;
    const block = "model.layers.{}";
    return {
      outer: [
        { source: "model.embed_tokens.weight", target: "token_embd.weight", shape: [model.count("vocab_size"), width] },
        norm("model.final_layernorm", "output_norm", width),
        { source: "model.final_layernorm.bias", target: "output_norm.bias", shape: [width] },
        ...linear("lm_head", "output", model.count("vocab_size"), width),
      ],
      block: [
        norm(`${block}.input_layernorm`, "blk.{}.attn_norm", width),
        { source: `${block}.input_layernorm.bias`, target: "blk.{}.attn_norm.bias", shape: [width] },
        ...["q", "k", "v"].flatMap((part) => linear(`${block}.self_attn.${part}_proj`, `blk.{}.attn_${part}`, width, width)),
        ...linear(`${block}.self_attn.dense`, "blk.{}.attn_output", width, width),
        ...linear(`${block}.mlp.fc1`, "blk.{}.ffn_up", 4 * width, width),
        ...linear(`${block}.mlp.fc2`, "blk.{}.ffn_down", width, 4 * width),
      ],
    };
  },
  tokenizer: () => ({ addBos: false, plainByteLevel: "phi-2" }),
};

/** Phi 3, 3.5 and 4: queries, keys and values in one matrix, gate and up in another. */
export const phi3: Architecture = {
  classes: ["Phi3ForCausalLM"],
  name: "phi3",
  activations: ["silu"],
  metadata: (model) => {
    const longFactor = longFactorOf(model);
    return [
      u32("phi3.context_length", contextOf(model)),
      u32("phi3.rope.scaling.original_context_length", originalContextOf(model)),
      u32("phi3.embedding_length", model.width),
      u32("phi3.feed_forward_length", model.count("intermediate_size")),
      u32("phi3.block_count", model.blocks),
      u32("phi3.attention.head_count", model.heads),
      u32("phi3.attention.head_count_kv", model.keyHeads),
      f32("phi3.attention.layer_norm_rms_epsilon", model.number("rms_norm_eps")),
      u32("phi3.rope.dimension_count", rotatedOf(model)),
      f32("phi3.rope.freq_base", ropeOf(model).base ?? 10_000),
      // Zero tells llama.cpp that there is no window (Phi 4); absent would mean Phi 3's.
      u32("phi3.attention.sliding_window", model.optionalCount("sliding_window") ?? 0),
      ...(longFactor === undefined ? [] : [f32("phi3.rope.scaling.attn_factor", longFactor)]),
    ];
  },
  tensors: (model) => {
    const { width, heads, keyHeads, headWidth } = model;
    const inner = model.count("intermediate_size");
    const block = "model.layers.{}";
    return {
      outer: embeddings(model),
      block: [
        norm(`${block}.input_layernorm`, "blk.{}.attn_norm", width),
        ...linear(`${block}.self_attn.qkv_proj`, "blk.{}.attn_qkv", (heads + 2 * keyHeads) * headWidth, width),
        ...linear(`${block}.self_attn.o_proj`, "blk.{}.attn_output", width, heads * headWidth),
        norm(`${block}.post_attention_layernorm`, "blk.{}.ffn_norm", width),
        ...linear(`${block}.mlp.gate_up_proj`, "blk.{}.ffn_up", 2 * inner, width),
        ...linear(`${block}.mlp.down_proj`, "blk.{}.ffn_down", width, inner),
      ],
    };
  },
  computed: longRopeFactors,
  tokenizer: () => ({ plainAddedTokens: true }),
};

function contextOf(model: Hyperparameters): number {
  return model.count("max_position_embeddings", "n_positions");
}

function originalContextOf(model: Hyperparameters): number {
  return positions(ropeOf(model).values) ?? model.optionalCount("original_max_position_embeddings") ?? contextOf(model);
}

/** Weights of a head that are rotated. */
function rotatedOf(model: Hyperparameters): number {
  const share = numberIn(ropeOf(model).values, "partial_rotary_factor") ?? model.optionalNumber("partial_rotary_factor") ?? (model.text("model_type") === "phi" ? 0.5 : 1);
  if (share <= 0 || share > 1) throw new HumanError("notReadable", `config.json rotates ${share} of each head, which no model does: it is damaged.`);
  return Math.floor(Math.floor(share * model.width) / model.heads);
}

/** What attention is multiplied by in models for long texts. Source: "longrope" and "yarn" in transformers' modeling_rope_utils. */
function longFactorOf(model: Hyperparameters): number | undefined {
  const { type, values } = ropeOf(model);
  if (!Array.isArray(values.long_factor) || values.long_factor.length === 0) return undefined;
  const original = originalContextOf(model);
  const scale = contextOf(model) / original;
  if (scale <= 1) return 1;
  if (type === "su" || type === "longrope") return Math.sqrt(1 + Math.log(scale) / Math.log(original));
  if (type === "yarn") return 0.1 * Math.log(scale) + 1;
  throw new HumanError("unsupported", "The positions of this model are scaled in a way that llama.cpp does not know for Phi 3.");
}

function longRopeFactors(model: Hyperparameters): readonly ComputedTensor[] {
  if (longFactorOf(model) === undefined) return [];
  const { values } = ropeOf(model);
  const factors = [["rope_factors_long.weight", values.long_factor], ["rope_factors_short.weight", values.short_factor]] as const;
  return factors.map(([name, list]) => {
    const wanted = rotatedOf(model) / 2;
    if (!Array.isArray(list) || list.length !== wanted || !list.every((factor) => Number.isFinite(factor))) {
      throw new HumanError("notReadable", `config.json should give ${wanted} factors for long and for short texts, and does not: it is damaged. Download it again.`);
    }
    return { name, values: Float32Array.from(list as number[]) };
  });
}
