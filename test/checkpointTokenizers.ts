/** Tokenizers of tiny checkpoints: one for each byte, a few merged ones, special ones. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

type Files = Record<string, string | Uint8Array>;

const template = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}\n{% endfor %}";

/** GPT-2's letters for bytes: those that can be shown stand for themselves. */
export function byteLetters(): readonly string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const shown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(shown ? byte : next++);
  });
}

export const splitPatterns = {
  llama3: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  qwen2: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
};

const tokenizerClasses = { llama3: "PreTrainedTokenizerFast", qwen2: "Qwen2Tokenizer", phi4: "GPT2Tokenizer", plain: "CodeGenTokenizer" };

/** tokenizer.json with byte-level merges; numbers 256 to 259 are added tokens, 260 on merged ones, the rest is not used. */
export function byteLevelTokenizer(size: number, pre: "llama3" | "qwen2" | "phi4" | "plain"): Files {
  const pairs: readonly (readonly [string, string])[] = [["Ġ", "t"], ["h", "e"], ["Ġt", "he"], ["i", "n"], ["Ġ", "a"]];
  const added = ["<|begin|>", "<|end|>", "<|turn|>", "<tool>"].map((content, index) => ({ id: 256 + index, content, special: index < 3, single_word: false, lstrip: false, rstrip: false, normalized: false }));
  const vocab = Object.fromEntries([...byteLetters(), ...Array.from({ length: 4 }, () => ""), ...pairs.map(([a, b]) => a + b)].map((text, id) => [text, id] as const).filter(([text]) => text !== ""));
  if (260 + pairs.length > size) throw new Error("The vocabulary is too small.");
  const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: pre === "plain" };
  const cut = pre === "plain" ? [] : [{ type: "Split", pattern: { Regex: splitPatterns[pre === "phi4" ? "llama3" : pre] }, behavior: "Isolated", invert: false }];
  const begins = pre === "llama3";
  return {
    "tokenizer.json": JSON.stringify({
      version: "1.0",
      added_tokens: added,
      normalizer: pre === "qwen2" ? { type: "NFC" } : null,
      pre_tokenizer: pre === "plain" ? level : { type: "Sequence", pretokenizers: [...cut, level] },
      post_processor: begins ? { type: "TemplateProcessing", single: [{ SpecialToken: { id: "<|begin|>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }], pair: [], special_tokens: {} } : level,
      decoder: level,
      model: { type: "BPE", byte_fallback: false, ignore_merges: begins, vocab, merges: pre === "qwen2" ? pairs.map((pair) => pair.join(" ")) : pairs },
    }),
    "tokenizer_config.json": JSON.stringify({
      tokenizer_class: tokenizerClasses[pre],
      ...(begins && { bos_token: "<|begin|>" }), eos_token: pre === "plain" ? "<|begin|>" : "<|end|>", pad_token: "<|turn|>", ...(pre === "qwen2" && { add_bos_token: false }),
      ...(begins ? { chat_template: [{ name: "default", template }, { name: "tool use", template: `${template}!` }] } : { chat_template: template }),
    }),
  };
}

/** Pieces of a SentencePiece model: unknown, begin, end, bytes, merged ones by rank, letters. */
function pieces(): readonly { readonly text: string; readonly score: number; readonly type: number }[] {
  const merged = ["▁t", "he", "▁the", "in", "▁a"];
  const letters = ["▁", ..."abcdefghijklmnopqrst".split("")];
  return [
    { text: "<unk>", score: 0, type: 2 }, { text: "<s>", score: 0, type: 3 }, { text: "</s>", score: 0, type: 3 },
    ...Array.from({ length: 256 }, (_, byte) => ({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, score: 0, type: 6 })),
    ...merged.map((text, rank) => ({ text, score: -rank, type: 1 })),
    ...letters.map((text, index) => ({ text, score: -merged.length - index, type: 1 })),
  ];
}

const addedAt = 300;
const addedList = [{ content: "<|user|>", special: true }, { content: "<|looks|>", special: false }, { content: "▁▁word", special: false }, { content: "<|endoftext|>", special: true }];

/** tokenizer.model and tokenizer_config.json. */
export function sentencePieceModel(size: number): Files {
  const writer = new BinaryWriter();
  for (const { text, score, type } of pieces()) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(text).tag(2, WireType.Bit32).float(score);
    if (type !== 1) writer.tag(3, WireType.Varint).int32(type);
    writer.join();
  }
  // TrainerSpec: model_type BPE, vocab_size, byte_fallback.
  writer.tag(2, WireType.LengthDelimited).fork().tag(3, WireType.Varint).int32(2).tag(4, WireType.Varint).int32(pieces().length).tag(35, WireType.Varint).bool(true).join();
  writer.tag(3, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string("identity").join();
  return { "tokenizer.model": writer.finish(), ...config(size) };
}

/** The same tokenizer as tokenizer.json. */
export function sentencePieceTokenizerJson(size: number): Files {
  const all = pieces();
  const vocab = Object.fromEntries(all.map(({ text }, id) => [text, id]));
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    "tokenizer.json": JSON.stringify({
      version: "1.0",
      added_tokens: [...["<unk>", "<s>", "</s>"].map((content, id) => ({ id, content, special: true, ...flags })), ...addedList.map((token, index) => ({ id: addedAt + index, ...token, ...flags }))],
      normalizer: { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, { type: "Replace", pattern: { String: " " }, content: "▁" }] },
      pre_tokenizer: null,
      post_processor: { type: "TemplateProcessing", single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }], pair: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "<s>", type_id: 1 } }, { Sequence: { id: "B", type_id: 1 } }], special_tokens: {} },
      decoder: { type: "Sequence", decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }] },
      model: { type: "BPE", unk_token: "<unk>", fuse_unk: true, byte_fallback: true, vocab, merges: ["▁ t", "h e", "▁t he", "i n", "▁ a"] },
    }),
    ...config(size),
  };
}

function config(size: number): Files {
  if (addedAt + addedList.length > size) throw new Error("The vocabulary is too small.");
  const decoder = Object.fromEntries([...["<unk>", "<s>", "</s>"].map((content, id) => [id, { content, special: true }]), ...addedList.map((token, index) => [addedAt + index, token])]);
  return { "tokenizer_config.json": JSON.stringify({ tokenizer_class: "LlamaTokenizer", bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>", pad_token: null, add_bos_token: true, add_eos_token: false, add_prefix_space: true, added_tokens_decoder: decoder, chat_template: template }) };
}
