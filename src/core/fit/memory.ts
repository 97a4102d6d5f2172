import { type GgufHeader, hyperparameter, weightBytes } from "../gguf/header";
import type { MemoryNeed } from "../../protocol/model";

/** What the estimate needs of a model; the same for every level of one base. */
export interface ModelShape {
  readonly blocks: number;
  readonly embedding: number;
  readonly feedForward: number;
  readonly heads: number;
  /** Key and value width of one position in one block, summed over the KV heads. */
  readonly keyWidth: number;
  readonly valueWidth: number;
  readonly vocabulary: number;
}

export function modelShape(header: GgufHeader): ModelShape {
  const read = (name: string): number => hyperparameter(header, name) ?? 0;
  const embedding = read("embedding_length");
  const heads = Math.max(1, read("attention.head_count"));
  const kvHeads = read("attention.head_count_kv") || heads;
  const headWidth = embedding / heads;
  const tokens = header.metadata["tokenizer.ggml.tokens"];
  return {
    blocks: read("block_count"),
    embedding,
    feedForward: read("feed_forward_length"),
    heads,
    keyWidth: kvHeads * (read("attention.key_length") || headWidth),
    valueWidth: kvHeads * (read("attention.value_length") || headWidth),
    vocabulary: Array.isArray(tokens) ? tokens.length : read("vocab_size"),
  };
}

/** Bytes of one cached number: llama.cpp keeps keys and values as F16 unless told otherwise. */
const cacheBytes = 2;
/** Tokens that llama.cpp decodes at once (n_ubatch's default). */
const microBatch = 512;

/**
 * Weights + KV cache + compute buffers. The compute part counts the largest graph nodes of a llama-like block
 * at one micro-batch: logits, feed-forward activations and attention scores, F32 each.
 */
export function memoryNeed(weights: number, shape: ModelShape, context: number): MemoryNeed {
  const batch = Math.min(microBatch, context);
  const cache = shape.blocks * context * (shape.keyWidth + shape.valueWidth) * cacheBytes;
  const activations = batch * (4 * shape.embedding + 2 * shape.feedForward);
  const scores = batch * context * shape.heads;
  const compute = 4 * (batch * shape.vocabulary + activations + scores);
  return { weights, cache, compute };
}

export function memoryOfFile(header: GgufHeader, context: number): MemoryNeed {
  return memoryNeed(weightBytes(header), modelShape(header), context);
}

export function totalNeed(need: MemoryNeed): number {
  return need.weights + need.cache + need.compute;
}
