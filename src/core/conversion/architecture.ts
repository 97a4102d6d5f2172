import type { MetadataEntry } from "../gguf/writer";
import type { Hyperparameters } from "./hyperparameters";

/** What is done to a tensor's numbers on the way. */
export type Change =
  /** Adds 1: Gemma's norms are kept as their distance from 1. */
  | { readonly kind: "plusOne" }
  /** Rows of each head, from two halves to pairs: llama.cpp rotates neighbours, Hugging Face halves. */
  | { readonly kind: "pairRows"; readonly headRows: number };

/** A tensor that an architecture has. */
export interface TensorRule {
  /** Hugging Face's name; `{}` is the number of the block. */
  readonly source: string;
  /** llama.cpp's name; `{}` is the number of the block. */
  readonly target: string;
  /** Rows first, as in the checkpoint. */
  readonly shape: readonly number[];
  readonly optional?: boolean;
  readonly change?: Change;
}

/** A tensor that is computed from config.json. */
export interface ComputedTensor {
  readonly name: string;
  readonly values: Float32Array;
}

/** How the tokenizer of an architecture is written where families differ. */
export interface TokenizerHabits {
  /** Tokens marked by what they are, whatever they look like, and as they stand (Phi 3). */
  readonly plainAddedTokens?: boolean;
  /** Always said so (Gemma does not put a space before a text). */
  readonly addSpacePrefix?: boolean;
  /** As tokenizer_config.json says. */
  readonly saidSpacePrefix?: boolean;
  readonly addBos?: boolean;
  /** Special tokens whose ids are fixed, by metadata name, e.g. "eot". */
  readonly fixedIds?: Readonly<Record<string, number>>;
  /** What plain byte-level splitting is called; llama.cpp treats the names alike. */
  readonly plainByteLevel?: string;
}

/** A family of models that can be converted. */
export interface Architecture {
  /** Class names of config.json's "architectures". */
  readonly classes: readonly string[];
  /** llama.cpp's name. */
  readonly name: string;
  /** "hidden_act" of config.json: llama.cpp computes no other. */
  readonly activations: readonly string[];
  /** All hyperparameters that llama.cpp reads. */
  metadata(model: Hyperparameters): readonly MetadataEntry[];
  /** Those outside of blocks, and those of every block. */
  tensors(model: Hyperparameters): { readonly outer: readonly TensorRule[]; readonly block: readonly TensorRule[] };
  computed?(model: Hyperparameters): readonly ComputedTensor[];
  /** Tensors that are left out on purpose, by the beginning of their names. */
  readonly ignored?: readonly string[];
  tokenizer?(model: Hyperparameters): TokenizerHabits;
}

/** A matrix and its bias, which may be absent. */
export function linear(source: string, target: string, rows: number, columns: number, change?: Change, optional = false): readonly TensorRule[] {
  const common = change ? { change } : {};
  return [
    { source: `${source}.weight`, target: `${target}.weight`, shape: [rows, columns], ...common, ...(optional && { optional }) },
    { source: `${source}.bias`, target: `${target}.bias`, shape: [rows], optional: true, ...common },
  ];
}

export function norm(source: string, target: string, width: number, change?: Change): TensorRule {
  return { source: `${source}.weight`, target: `${target}.weight`, shape: [width], ...(change && { change }) };
}

/** The feed-forward part of most families: gate, up and down projections. */
export function gatedFeedForward(width: number, inner: number): readonly TensorRule[] {
  const block = "model.layers.{}.mlp";
  return [
    ...linear(`${block}.gate_proj`, "blk.{}.ffn_gate", inner, width),
    ...linear(`${block}.up_proj`, "blk.{}.ffn_up", inner, width),
    ...linear(`${block}.down_proj`, "blk.{}.ffn_down", width, inner),
  ];
}

/** The attention part of most families. `change` is done to queries and keys. */
export function attention(model: Hyperparameters, change?: Change): readonly TensorRule[] {
  const { width, heads, keyHeads, headWidth } = model;
  const block = "model.layers.{}.self_attn";
  return [
    ...linear(`${block}.q_proj`, "blk.{}.attn_q", heads * headWidth, width, change),
    ...linear(`${block}.k_proj`, "blk.{}.attn_k", keyHeads * headWidth, width, change),
    ...linear(`${block}.v_proj`, "blk.{}.attn_v", keyHeads * headWidth, width),
    ...linear(`${block}.o_proj`, "blk.{}.attn_output", width, heads * headWidth),
  ];
}

/** Embeddings, the last norm and, where it is not the embeddings once more, the output matrix. */
export function embeddings(model: Hyperparameters, change?: Change): readonly TensorRule[] {
  const tokens = model.count("vocab_size");
  const { width } = model;
  return [
    { source: "model.embed_tokens.weight", target: "token_embd.weight", shape: [tokens, width] },
    norm("model.norm", "output_norm", width, change),
    { source: "lm_head.weight", target: "output.weight", shape: [tokens, width], ...(model.flag("tie_word_embeddings") !== false && { optional: true }) },
  ];
}
