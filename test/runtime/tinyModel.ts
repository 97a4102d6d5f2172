import { writeFileSync } from "node:fs";

export interface TinyModel {
  /** Length of most rows; K-quants need multiples of 256. */
  readonly width?: number;
  readonly feedForward?: number;
  readonly blocks?: number;
  /** Keys and values are shared by heads / kvHeads of the heads, which are 32 wide. */
  readonly kvHeads?: number;
  /** Tokens that no text has, after the bytes, to make another vocabulary. */
  readonly extraTokens?: number;
  readonly contextLength?: number;
  readonly architecture?: string;
  /** What the token embedding holds; with zeros every next token is equally likely. */
  readonly embedding?: "random" | "zero" | "nan";
  readonly metadata?: Readonly<Record<string, string>>;
}

type Value = number | string | readonly string[] | { readonly float: number } | { readonly floats: readonly number[] } | { readonly ints: readonly number[] };
interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Buffer;
  /** ggml_type: 0 F32, 1 F16 */
  readonly type: 0 | 1;
}

/** The vocabulary: three special tokens and one for each byte, as SentencePiece models fall back to. */
export const tinyVocabulary = 259;

/** Writes a llama, of one block unless told otherwise, with random F16 weights, the same ones every time. */
export function writeTinyModel(path: string, model: TinyModel = {}): string {
  writeFileSync(path, tinyModel(model));
  return path;
}

export function tinyModel(model: TinyModel = {}): Buffer {
  const { width = 256, feedForward = 512, blocks = 1, extraTokens = 0, contextLength = 128, architecture = "llama", metadata = {} } = model;
  const heads = width / 32;
  const kvHeads = model.kvHeads ?? heads;
  const tokens = ["<unk>", "<s>", "</s>", ...bytes(), ...Array.from({ length: extraTokens }, (_, index) => `<extra${index}>`)];
  const entries: Record<string, Value> = {
    "general.architecture": architecture,
    "general.file_type": 1,
    [`${architecture}.context_length`]: contextLength,
    [`${architecture}.embedding_length`]: width,
    [`${architecture}.block_count`]: blocks,
    [`${architecture}.feed_forward_length`]: feedForward,
    [`${architecture}.attention.head_count`]: heads,
    [`${architecture}.attention.head_count_kv`]: kvHeads,
    [`${architecture}.attention.layer_norm_rms_epsilon`]: { float: 1e-5 },
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.scores": { floats: tokens.map((_, index) => -index) },
    // 1 normal, 2 unknown, 3 control, 6 byte (llama_token_type)
    "tokenizer.ggml.token_type": { ints: tokens.map((_, index) => (index === 0 ? 2 : index < 3 ? 3 : index < tinyVocabulary ? 6 : 1)) },
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    ...metadata,
  };
  return gguf(entries, tensors(model, { width, keyWidth: kvHeads * 32, feedForward, blocks }, tokens.length));
}

function bytes(): string[] {
  return Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
}

interface Shape {
  readonly width: number;
  readonly keyWidth: number;
  readonly feedForward: number;
  readonly blocks: number;
}

function tensors({ embedding = "random" }: TinyModel, { width, keyWidth, feedForward, blocks }: Shape, vocabulary: number): Tensor[] {
  const random = xorshift(20_240_611);
  const ones = (name: string): Tensor => ({ name, shape: [width], type: 0, data: Buffer.from(new Float32Array(width).fill(1).buffer) });
  const matrix = (name: string, row: number, rows: number, exponent: number): Tensor => {
    const halves = new Uint16Array(row * rows);
    for (let index = 0; index < halves.length; index++) halves[index] = halfFloat(random(), exponent);
    return { name, shape: [row, rows], type: 1, data: Buffer.from(halves.buffer) };
  };
  const table = matrix("token_embd.weight", width, vocabulary, -5);
  if (embedding === "zero") table.data.fill(0);
  if (embedding === "nan") table.data.fill(0x7e);
  const block = (number: number): Tensor[] => [
    ones(`blk.${number}.attn_norm.weight`),
    matrix(`blk.${number}.attn_q.weight`, width, width, -5),
    matrix(`blk.${number}.attn_k.weight`, width, keyWidth, -5),
    matrix(`blk.${number}.attn_v.weight`, width, keyWidth, -5),
    matrix(`blk.${number}.attn_output.weight`, width, width, -5),
    ones(`blk.${number}.ffn_norm.weight`),
    matrix(`blk.${number}.ffn_gate.weight`, width, feedForward, -5),
    matrix(`blk.${number}.ffn_up.weight`, width, feedForward, -5),
    matrix(`blk.${number}.ffn_down.weight`, feedForward, width, -5),
  ];
  return [table, ones("output_norm.weight"), ...Array.from({ length: blocks }, (_, number) => block(number)).flat()];
}

/** A half-precision number of random sign and digits between 2^exponent and 2^(exponent + 2). */
function halfFloat(random: number, exponent: number): number {
  const sign = (random & 1) << 15;
  const scale = exponent + 15 + ((random >>> 1) & 1);
  return sign | (scale << 10) | ((random >>> 2) & 0x3ff);
}

/** Marsaglia's 32-bit xorshift. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) >>> 4;
  };
}

function gguf(entries: Readonly<Record<string, Value>>, list: readonly Tensor[]): Buffer {
  const parts: Buffer[] = [Buffer.from("GGUF"), uint32(3), uint64(list.length), uint64(Object.keys(entries).length)];
  for (const [key, value] of Object.entries(entries)) parts.push(text(key), encode(value));
  let offset = 0;
  for (const { name, shape, type, data } of list) {
    parts.push(text(name), uint32(shape.length), ...shape.map(uint64), uint32(type), uint64(offset));
    offset += padded(data.length);
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length), ...list.flatMap(({ data }) => [data, Buffer.alloc(padded(data.length) - data.length)])]);
}

function encode(value: Value): Buffer {
  if (typeof value === "number") return Buffer.concat([uint32(4), uint32(value)]);
  if (typeof value === "string") return Buffer.concat([uint32(8), text(value)]);
  if ("float" in value) return Buffer.concat([uint32(6), Buffer.from(Float32Array.of(value.float).buffer)]);
  if ("floats" in value) return Buffer.concat([uint32(9), uint32(6), uint64(value.floats.length), Buffer.from(Float32Array.from(value.floats).buffer)]);
  if ("ints" in value) return Buffer.concat([uint32(9), uint32(5), uint64(value.ints.length), Buffer.from(Int32Array.from(value.ints).buffer)]);
  return Buffer.concat([uint32(9), uint32(8), uint64(value.length), ...value.map(text)]);
}

function text(value: string): Buffer {
  const utf8 = Buffer.from(value);
  return Buffer.concat([uint64(utf8.length), utf8]);
}

function uint32(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function uint64(value: number): Buffer {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}

function padded(length: number): number {
  return Math.ceil(length / 32) * 32;
}
