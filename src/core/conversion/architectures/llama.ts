import { type Architecture, attention, embeddings, gatedFeedForward, norm } from "../architecture";
import { u32 } from "../entries";
import { llama3Factors, ropeOf } from "../ropeScaling";
import { commonEntries } from "./common";

/** Llama 1 to 3 and Mistral. */
export const llama: Architecture = {
  classes: ["LlamaForCausalLM", "LLaMAForCausalLM", "LlamaModel", "MistralForCausalLM", "MistralModel"],
  name: "llama",
  activations: ["silu", "swish"],
  metadata: (model) => [
    ...commonEntries("llama", model),
    u32("llama.vocab_size", model.count("vocab_size")),
    u32("llama.rope.dimension_count", model.headWidth),
  ],
  tensors: (model) => ({
    outer: embeddings(model),
    block: [
      norm("model.layers.{}.input_layernorm", "blk.{}.attn_norm", model.width),
      ...attention(model, { kind: "pairRows", headRows: model.headWidth }),
      norm("model.layers.{}.post_attention_layernorm", "blk.{}.ffn_norm", model.width),
      ...gatedFeedForward(model.width, model.count("intermediate_size")),
    ],
  }),
  computed: (model) => {
    const values = llama3Factors(model, ropeOf(model));
    return values ? [{ name: "rope_freqs.weight", values }] : [];
  },
  // What conversion/llama.py of llama.cpp knows by the size of the vocabulary: Code Llama's end of turn, and small models without a beginning.
  tokenizer: (model) => ({
    saidSpacePrefix: true,
    ...(model.count("vocab_size") === 32_016 && { fixedIds: { eot: 32_010 } }),
    ...(model.count("vocab_size") === 49_152 && { addBos: false }),
  }),
};
