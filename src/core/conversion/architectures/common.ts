import type { MetadataEntry } from "../../gguf/writer";
import { f32, u32 } from "../entries";
import type { Hyperparameters } from "../hyperparameters";
import { ropeEntries, ropeOf } from "../ropeScaling";

/** The hyperparameters that most families have. Source: set_gguf_parameters of llama.cpp's conversion/base.py, v0.4.0. */
export function commonEntries(name: string, model: Hyperparameters): readonly MetadataEntry[] {
  const context = model.optionalCount("max_position_embeddings", "n_ctx", "n_positions");
  const keyHeads = model.optionalCount("num_key_value_heads");
  const headWidth = model.optionalCount("head_dim");
  const epsilon = model.optionalNumber("rms_norm_eps");
  return [
    u32(`${name}.block_count`, model.blocks),
    ...(context === undefined ? [] : [u32(`${name}.context_length`, context)]),
    u32(`${name}.embedding_length`, model.width),
    u32(`${name}.feed_forward_length`, model.count("intermediate_size")),
    u32(`${name}.attention.head_count`, model.heads),
    ...(keyHeads === undefined ? [] : [u32(`${name}.attention.head_count_kv`, keyHeads)]),
    ...ropeEntries(name, ropeOf(model)),
    ...(epsilon === undefined ? [] : [f32(`${name}.attention.layer_norm_rms_epsilon`, epsilon)]),
    ...(headWidth === undefined ? [] : [u32(`${name}.attention.key_length`, headWidth), u32(`${name}.attention.value_length`, headWidth)]),
  ];
}
