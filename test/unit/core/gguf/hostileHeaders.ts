import type { MetadataEntry, WrittenTensor } from "../../../../src/core/gguf/writer";
import { type Scalar, type ScalarType, valueBytes } from "../../../../src/core/gguf/valueTypes";
import { type Dialect, headerOf } from "../../ggufBytes";

/** A reproducible source of chance: whole numbers from 0 to below a limit. Source: Tommy Ettinger's mulberry32. */
export type Chance = (limit: number) => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const dialects: readonly Dialect[] = [{ version: 1 }, { version: 2 }, { version: 3 }, { version: 1, bigEndian: true }, { version: 2, bigEndian: true }, { version: 3, bigEndian: true }];
const numberTypes = Object.keys(valueBytes) as (keyof typeof valueBytes)[];
const oddNumbers: readonly number[] = [0, 1, -1, 3, 31, 32, 48, 64, 255, 256, 511, 513, 65_535, 2 ** 31, 2 ** 32 - 1, 2 ** 53, Number.NaN, Infinity, -Infinity, 0.5, -0.5, 1e300];
const lengths: readonly bigint[] = [0n, 1n, 2n ** 16n, 2n ** 24n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 40n, 2n ** 53n + 1n, 2n ** 60n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
/** Keys that somebody reads and does arithmetic with. */
const readKeys = [
  "general.alignment", "general.architecture", "general.file_type", "general.type", "general.name", "general.license", "general.base_model.count", "split.count", "split.no",
  "llama.block_count", "llama.context_length", "llama.embedding_length", "llama.attention.head_count", "llama.attention.head_count_kv", "llama.attention.key_length",
  "llama.feed_forward_length", "llama.vocab_size", "llama.expert_count", "tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.chat_template",
  "adapter.type", "decant.history", "decant.step", "decant.parent", "__proto__", "constructor", "", "a\u0000b\u202e",
];

/** A header with a meaning, or with metadata and tensors that make no sense, in any version and byte order. */
export function someHeader(chance: Chance): Buffer {
  const metadata: MetadataEntry[] = [
    { key: "general.architecture", type: "string", value: "llama" },
    { key: "llama.block_count", type: "u32", value: 2 },
    { key: "tokenizer.ggml.tokens", type: "array", element: "string", value: ["<s>", "é", "", "a longer token"] },
    { key: "tokenizer.ggml.scores", type: "array", element: "f32", value: Float32Array.from({ length: chance(4) ? 4 : 700 }) },
    { key: "tokenizer.chat_template", type: "string", value: "{{ x }}".repeat(chance(40)) },
  ];
  for (let more = chance(8) - 3; more > 0; more--) metadata.splice(chance(metadata.length + 1), 0, oddEntry(chance));
  const tensors = Array.from({ length: chance(6) }, (_, index) => oddTensor(chance, index));
  return headerOf(pick(chance, dialects), metadata, tensors);
}

function oddEntry(chance: Chance): MetadataEntry {
  const key = pick(chance, readKeys);
  const type: ScalarType = chance(4) === 0 ? "string" : pick(chance, numberTypes);
  const value = (): Scalar => (type === "string" ? pick(chance, ["", "llama", "Q4_K_M", "x".repeat(chance(3000)), "\ud800\u0000"]) : fitting(type, pick(chance, oddNumbers)));
  return chance(3) > 0 ? { key, type, value: value() } : { key, type: "array", element: type, value: Array.from({ length: chance(8) ? chance(5) : chance(1200) }, value) };
}

function fitting(type: ScalarType, value: number): number {
  if (type === "f32" || type === "f64") return value;
  return Number.isFinite(value) ? Math.trunc(value) : 0;
}

function oddTensor(chance: Chance, index: number): WrittenTensor {
  const type = chance(12) ? pick(chance, ["F32", "F16", "Q4_K", "Q8_0"]) : pick(chance, ["4", "999", "4294967295"]);
  const row = type === "Q4_K" ? 256 : 32;
  const shape = Array.from({ length: 1 + chance(4) }, (_, dimension) => (dimension === 0 ? row : 1 + chance(3)));
  const name = chance(12) ? `blk.${index}.attn_q.weight` : pick(chance, ["token_embd.weight", "output.weight", `blk.${"9".repeat(400)}.x`, "v.blk.1.ffn_up.weight", "", "x".repeat(300)]);
  return { name, type, shape };
}

/** The same bytes with a few of them flipped, cut, moved, or made huge counts and lists in lists. */
export function mutated(chance: Chance, original: Buffer): Buffer {
  let bytes: Buffer = Buffer.concat([original, Buffer.alloc(chance(2) ? 20_000 : 0)]);
  for (let times = chance(4); times > 0; times--) bytes = pick(chance, mutations)(chance, bytes);
  return bytes;
}

type Mutation = (chance: Chance, bytes: Buffer) => Buffer;
const mutations: readonly Mutation[] = [
  function flip(chance, bytes) {
    for (let bits = 1 + chance(8); bits > 0 && bytes.length > 0; bits--) bytes[chance(bytes.length)]! ^= 1 << chance(8);
    return bytes;
  },
  function truncate(chance, bytes) {
    return bytes.subarray(0, chance(bytes.length + 1));
  },
  function splice(chance, bytes) {
    const [from, to] = [chance(bytes.length + 1), chance(bytes.length + 1)];
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, from + chance(200)), bytes.subarray(to + chance(50))]);
  },
  function splicedFromAnother(chance, bytes) {
    const other = someHeader(chance);
    return Buffer.concat([bytes.subarray(0, chance(bytes.length + 1)), other.subarray(chance(other.length + 1))]);
  },
  function hugeCount(chance, bytes) {
    const at = chance(3) === 0 ? 8 + 8 * chance(2) : chance(bytes.length);
    const value = pick(chance, lengths);
    if (at + 8 > bytes.length) return bytes;
    if (chance(2)) bytes.writeBigUInt64LE(value, at);
    else bytes.writeBigUInt64BE(value, at);
    return bytes;
  },
  function wrongType(chance, bytes) {
    const at = chance(bytes.length);
    if (at + 4 > bytes.length) return bytes;
    if (chance(2)) bytes.writeUInt32LE(chance(15), at);
    else bytes.writeUInt32BE(chance(15), at);
    return bytes;
  },
  function listsInLists(chance, bytes) {
    // A key "k" whose value is lists in lists, put before all other entries.
    const list = Buffer.alloc(12);
    list.writeUInt32LE(9);
    list.writeBigUInt64LE(pick(chance, [1n, 1n, 2n, 100n, 2n ** 32n]), 4);
    const entry = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0x6b]), Buffer.from([9, 0, 0, 0]), ...Array.from({ length: chance(20) ? 1 + chance(300) : 20_000 }, () => list)]);
    return Buffer.concat([bytes.subarray(0, 24), entry, bytes.subarray(24)]);
  },
  function padded(chance, bytes) {
    return Buffer.concat([bytes, Buffer.alloc(chance(100_000), chance(256))]);
  },
];

export function pick<T>(chance: Chance, choices: readonly T[]): T {
  return choices[chance(choices.length)]!;
}
