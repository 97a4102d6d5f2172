import { describe, expect, it } from "vitest";
import { tokenizerEntries } from "../../../../../src/core/conversion/tokenizer/tokenizerEntries";
import type { SentencePieceModel, TokenizerFiles } from "../../../../../src/core/conversion/tokenizer/vocabulary";

function said(files: TokenizerFiles, size: number, habits = {}): Record<string, unknown> {
  return Object.fromEntries(tokenizerEntries(files, {}, size, habits).entries.map(({ key, value }) => [key.replace("tokenizer.ggml.", ""), value]));
}

const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex: true };
function bpe(vocab: Record<string, unknown>, merges: unknown, more: object = {}, rest: object = {}): TokenizerFiles {
  return { tokenizerJson: { pre_tokenizer: byteLevel, model: { type: "BPE", vocab, merges, ...more }, ...rest } };
}
const spm = (...texts: readonly string[]): SentencePieceModel => ({ modelType: 2, pieces: texts.map((text, index) => ({ text, score: -index, type: 1 })) });

describe("byte-level tokenizers", () => {
  it("fill the model's rows, mark what was added, and write merges in both spellings", () => {
    const added = [{ id: 3, content: "<|end|>", special: false }, { id: 4, content: "▁tool", special: false }];
    expect(said(bpe({ a: 0, b: 1, ab: 2 }, ["a b"], {}, { added_tokens: added }), 6)).toMatchObject({
      model: "gpt2", pre: "gpt-2", tokens: ["a", "b", "ab", "<|end|>", " tool", "[PAD5]"], token_type: [1, 1, 1, 3, 4, 5], merges: ["a b"],
    });
    expect(said(bpe({ a: 0, "Ġ": 1 }, [["a", " b"]]), 2).merges).toEqual(["a Ġb"]);
  });

  it("keep a token's number where a file gives it another", () => {
    expect(said(bpe({ a: 0, b: 1 }, [], {}, { added_tokens: [{ id: 2, content: "a", special: true }] }), 3).tokens).toEqual(["a", "b", "[PAD2]"]);
  });

  it.each([
    ["more tokens than rows", bpe({ a: 0, b: 7 }, []), /number "7", but the model has 3/],
    ["two tokens of one number", bpe({ a: 0, b: 0 }, []), /without a number of their own/],
    ["numbers that are none", bpe({ a: "0" }, []), /without a number of their own/],
    ["no tokens", bpe({}, []), /0 tokens/],
    ["no merges", bpe({ a: 0 }, undefined), /no list of merges/],
    ["a merge of three", bpe({ a: 0 }, ["a b c"]), /no pair/],
    ["an added token without a number", bpe({ a: 0 }, [], {}, { added_tokens: [{ content: "x" }] }), /added token without number/],
    ["another kind", bpe({ a: 0 }, [], { type: "Unigram" }), /"Unigram"/],
    ["texts that end at a zero alike", bpe({ "a\u0000b": 0, "a\u0000c": 1 }, []), /lists a token twice/],
  ])("refuse %s", (_name, files, sentence) => {
    expect(() => said(files, 3)).toThrow(sentence);
  });
});

describe("SentencePiece tokenizers", () => {
  it("come from tokenizer.model, with the tokens added since", () => {
    const files: TokenizerFiles = {
      sentencePiece: spm("a", "b"), addedTokens: { "<x>": 2 },
      tokenizerConfig: { added_tokens_decoder: { 3: { content: "<|y|>" }, 9: { content: "beyond" } } },
    };
    expect(said(files, 5)).toEqual({ model: "llama", pre: "default", tokens: ["a", "b", "<x>", "<|y|>", "[PAD4]"], scores: [-0, -1, -1000, -1000, -10000], token_type: [1, 1, 4, 3, 5] });
    // Phi 3: by what the files say only.
    expect(said(files, 5, { plainAddedTokens: true }).token_type).toEqual([1, 1, 4, 4, 5]);
  });

  it("of tokenizer.json alone merge by the place of their merges", () => {
    const normalizer = { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, { type: "Replace" }] };
    const files = bpe({ "<0x0A>": 0, a: 1, b: 2, ba: 3, ab: 4 }, ["b a", "a b"], { byte_fallback: true }, { pre_tokenizer: null, normalizer });
    expect(said(files, 6)).toEqual({ model: "llama", pre: "default", tokens: ["<0x0A>", "a", "b", "ba", "ab", "[PAD5]"], scores: [-0, -0, -0, -0, -1, -10000], token_type: [6, 1, 1, 1, 1, 5], add_space_prefix: true });
    const { tokenizerJson } = files;
    for (const [preTokenizer, prefix] of [[{ type: "Metaspace", prepend_scheme: "first" }, true], [{ type: "Metaspace", prepend_scheme: "never" }, false], [{ type: "Metaspace", add_prefix_space: false }, false]] as const) {
      expect(said({ tokenizerJson: { ...tokenizerJson, normalizer: null, pre_tokenizer: preTokenizer } }, 6).add_space_prefix).toBe(prefix);
    }
    // A family that never puts a space before a text says so itself.
    expect(said(files, 6, { addSpacePrefix: false }).add_space_prefix).toBe(false);
  });

  it("say what is left out and what may be cut differently", () => {
    expect(tokenizerEntries({ sentencePiece: { ...spm("a", "b", "c"), modelType: 1 } }, {}, 2).notes).toEqual([expect.stringContaining("merging pairs"), "The tokenizer has more tokens than the model: its last 1 are left out."]);
  });
});
