import { type GgufHeader, hyperparameter, listLength, type TensorInfo, weightBytes } from "../gguf/header";
import type { CacheType, MemoryNeed, ModelShape } from "../../protocol/model";

export function modelShape(header: GgufHeader): ModelShape {
  const read = (name: string): number => hyperparameter(header, name) ?? 0;
  const embedding = read("embedding_length");
  const heads = Math.max(1, read("attention.head_count"));
  const kvHeads = read("attention.head_count_kv") || heads;
  const headWidth = embedding / heads;
  return {
    blocks: read("block_count"),
    embedding,
    feedForward: read("feed_forward_length"),
    heads,
    keyWidth: kvHeads * (read("attention.key_length") || headWidth),
    valueWidth: kvHeads * (read("attention.value_length") || headWidth),
    vocabulary: listLength(header, "tokenizer.ggml.tokens") ?? read("vocab_size"),
    tiedShare: tiedBytes(header.tensors) / Math.max(1, weightBytes(header)),
  };
}

/** Rows come in groups of so many where a processor has an arrangement of its own for them (AMX tiles, repacked blocks). */
const rowGroup = 32;

/**
 * Bytes of a token embedding that is kept a second time as the output matrix: there the library arranges it for the
 * processor, which it cannot do to a table that tokens are looked up in. 0 where there is an output matrix.
 */
export function tiedBytes(tensors: readonly TensorInfo[]): number {
  if (tensors.some(({ name }) => name === "output.weight")) return 0;
  const embedding = tensors.find(({ name }) => name === "token_embd.weight");
  return embedding && (embedding.shape[1] ?? 0) % rowGroup === 0 ? embedding.bytes : 0;
}

/** Bytes of one cached number; the quantized ones keep 32 numbers and a scale of two bytes. */
const cacheBytes: Readonly<Record<CacheType, number>> = { F16: 2, Q8_0: 34 / 32, Q4_0: 18 / 32 };
/** Tokens that llama.cpp decodes at once (n_ubatch's default). */
const microBatch = 512;
/** Cells of a cache come by so many. */
const cachePadding = 256;

/**
 * Weights + KV cache + compute buffers on the CPU, as llama.cpp v0.4.0 allocates them when the file is read into memory.
 * Compute is the larger of two moments of one micro-batch, in F32: the logits of all its tokens with two rows of the
 * model's width each; and a feed-forward network with three rows of its width, four of the model's, and the F16 mask of
 * attention. Flash attention, on by default, keeps no scores. One more row of logits holds the answer.
 * test/runtime/memory.test.ts compares this with the library's own simulation.
 */
export function memoryNeed(weights: number, shape: ModelShape, context: number, cacheType: CacheType = "F16"): MemoryNeed {
  const { blocks, embedding, feedForward, keyWidth, valueWidth, vocabulary, tiedShare = 0 } = shape;
  const cells = Math.ceil(context / cachePadding) * cachePadding;
  const batch = Math.min(microBatch, cells);
  const answering = 4 * batch * (vocabulary + 2 * embedding);
  const thinking = 4 * batch * (3 * feedForward + 4 * embedding) + 2 * batch * cells;
  return {
    weights: weights * (1 + tiedShare),
    cache: blocks * cells * (keyWidth + valueWidth) * cacheBytes[cacheType],
    compute: Math.max(answering, thinking) + 4 * vocabulary,
  };
}

export function memoryOfFile(header: GgufHeader, context: number, cacheType?: CacheType): MemoryNeed {
  return memoryNeed(weightBytes(header), modelShape(header), context, cacheType);
}

export function totalNeed(need: MemoryNeed): number {
  return need.weights + need.cache + need.compute;
}
