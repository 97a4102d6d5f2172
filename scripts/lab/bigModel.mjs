/**
 * Writes a llama of about a billion random F16 weights (2.1 GB), to measure how much memory work on models takes.
 *
 *   node scripts/lab/bigModel.mjs OUT [--blocks 16] [--seed 1] [--json]
 *
 * The rows of a few megabytes come again and again, so that it is written as fast as the disk allows. It says nothing, but it loads and runs.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { blocks: { type: "string", default: "16" }, seed: { type: "string", default: "1" }, json: { type: "boolean" } } });
const [output] = positionals;
if (!output) throw new Error("Say where the model goes: node scripts/lab/bigModel.mjs OUT");
const blocks = Number(values.blocks);
const [width, feedForward, headWidth] = [2048, 8192, 64];
const [f32, f16] = [0, 1];

const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
const tokens = ["<unk>", "<s>", "</s>", ...bytes];
const entries = [
  text("general.architecture", "llama"), text("general.name", "big-random"), number("general.file_type", 1),
  number("llama.block_count", blocks), number("llama.context_length", 512), number("llama.embedding_length", width), number("llama.feed_forward_length", feedForward),
  number("llama.attention.head_count", width / headWidth), number("llama.attention.head_count_kv", width / headWidth), float("llama.attention.layer_norm_rms_epsilon", 1e-5),
  text("tokenizer.ggml.model", "llama"),
  list("tokenizer.ggml.tokens", 8, tokens.map(string)),
  list("tokenizer.ggml.scores", 6, tokens.map((_, index) => f32Bytes(-index))),
  list("tokenizer.ggml.token_type", 5, tokens.map((_, index) => u32(index === 0 ? 2 : index < 3 ? 3 : 6))),
  number("tokenizer.ggml.bos_token_id", 1), number("tokenizer.ggml.eos_token_id", 2),
];
const matrix = (name, columns, rows) => ({ name, shape: [columns, rows], type: f16, bytes: 2 * columns * rows });
const ones = (name) => ({ name, shape: [width], type: f32, bytes: 4 * width });
const tensors = [
  matrix("token_embd.weight", width, tokens.length),
  ones("output_norm.weight"),
  ...Array.from({ length: blocks }, (_, block) => [
    ones(`blk.${block}.attn_norm.weight`), ones(`blk.${block}.ffn_norm.weight`),
    ...["attn_q", "attn_k", "attn_v", "attn_output"].map((role) => matrix(`blk.${block}.${role}.weight`, width, width)),
    matrix(`blk.${block}.ffn_gate.weight`, width, feedForward), matrix(`blk.${block}.ffn_up.weight`, width, feedForward), matrix(`blk.${block}.ffn_down.weight`, feedForward, width),
  ]).flat(),
];

const pattern = randomHalves(2 ** 21);
const one = Buffer.from(new Float32Array(width).fill(1).buffer);
const file = openSync(output, "w");
try {
  writeSync(file, padded(header()));
  for (const tensor of tensors) {
    const source = tensor.type === f32 ? one : pattern;
    for (let left = tensor.bytes; left > 0; left -= source.length) writeSync(file, source, 0, Math.min(left, source.length));
  }
} finally {
  closeSync(file);
}
const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
const size = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
console.log(values.json ? JSON.stringify({ path: output, parameters, blocks, bytes: size, largest: Math.max(...tensors.map((tensor) => tensor.bytes)) }) : `${output}: ${(parameters / 1e9).toFixed(2)} billion weights, ${(size / 1e9).toFixed(2)} GB`);

/** The tensors' sizes are multiples of the alignment of 32 bytes. */
function header() {
  let offset = 0;
  const infos = tensors.map(({ name, shape, type, bytes: length }) => {
    const info = Buffer.concat([string(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)]);
    offset += length;
    return info;
  });
  return Buffer.concat([Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length), ...entries, ...infos]);
}

/** Half-precision numbers of either sign between 2^-7 and 2^-5, the same ones for the same seed. */
function randomHalves(count) {
  const halves = Buffer.alloc(2 * count);
  let seed = Buffer.from(`Decant ${values.seed}`);
  for (let at = 0; at < halves.length; at += seed.length) {
    seed = createHash("sha512").update(seed).digest();
    seed.copy(halves, at);
  }
  for (let at = 0; at < halves.length; at += 2) {
    const random = halves.readUInt16LE(at);
    halves.writeUInt16LE((random & 0x8000) | ((8 + ((random >> 14) & 1)) << 10) | (random & 0x3ff), at);
  }
  return halves;
}

function text(key, value) {
  return Buffer.concat([string(key), u32(8), string(value)]);
}
function number(key, value) {
  return Buffer.concat([string(key), u32(4), u32(value)]);
}
function float(key, value) {
  return Buffer.concat([string(key), u32(6), f32Bytes(value)]);
}
function list(key, type, items) {
  return Buffer.concat([string(key), u32(9), u32(type), u64(items.length), ...items]);
}
function string(value) {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}
function u32(value) {
  return Buffer.from(Uint32Array.of(value).buffer);
}
function u64(value) {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}
function f32Bytes(value) {
  return Buffer.from(Float32Array.of(value).buffer);
}
function padded(buffer) {
  return Buffer.concat([buffer, Buffer.alloc((32 - (buffer.length % 32)) % 32)]);
}
