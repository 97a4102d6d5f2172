import { describe, expect, it } from "vitest";
import { preTokenizerOf } from "../../../../../src/core/conversion/tokenizer/preTokenizers";

const plain = { type: "ByteLevel", add_prefix_space: false, use_regex: true };
const bytesOnly = { ...plain, use_regex: false };
const sequence = (...pretokenizers: readonly object[]) => ({ pre_tokenizer: { type: "Sequence", pretokenizers } });
const split = (pattern: string, more: object = {}) => ({ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false, ...more });

/** As the published tokenizer.json files spell them; llama.cpp's src/llama-vocab.cpp has the same in its comments. */
const patterns = {
  llama3: "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  qwen2: "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  qwen35: "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  tekken: "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  gpt4o: "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
};

describe("preTokenizerOf", () => {
  it.each([
    ["llama-bpe", sequence(split(patterns.llama3), bytesOnly), true],
    ["dbrx", sequence(split(patterns.llama3), bytesOnly), false],
    ["qwen2", { ...sequence(split(patterns.qwen2), bytesOnly), normalizer: { type: "NFC" } }, false],
    ["qwen35", sequence(split(patterns.qwen35), bytesOnly), false],
    ["tekken", sequence(split(patterns.tekken), bytesOnly), true],
    ["tekken", sequence(split(patterns.tekken), bytesOnly), false],
    ["gpt-4o", sequence(split(patterns.gpt4o), bytesOnly), false],
    ["gpt-2", { pre_tokenizer: plain, normalizer: null }, false],
    ["smollm", sequence({ type: "Digits", individual_digits: true }, plain), false],
    ["qwen2", sequence(split(patterns.qwen2.replaceAll("\\r\\n", "\r\n")), bytesOnly), false],
  ])("knows %s", (name, tokenizer, ignoreMerges) => {
    expect(preTokenizerOf(tokenizer, ignoreMerges)).toBe(name);
  });

  it("lets a family name the plain way", () => {
    expect(preTokenizerOf({ pre_tokenizer: plain }, false, "phi-2")).toBe("phi-2");
  });

  it.each([
    ["another pattern", sequence(split("\\w+"), bytesOnly), /pattern "\\w\+"/],
    ["a pattern that matters how words are merged", sequence(split(patterns.qwen2), bytesOnly), /pattern/, true],
    ["what stands between matches", sequence(split(patterns.qwen2, { invert: true }), bytesOnly), /cuts by/],
    ["matches thrown away", sequence(split(patterns.qwen2, { behavior: "Removed" }), bytesOnly), /cuts by/],
    ["two patterns", sequence(split(patterns.qwen2), split("x"), bytesOnly), /cuts by/],
    ["digits in groups", sequence({ type: "Digits", individual_digits: false }, plain), /cuts by/],
    ["bytes without a pattern", { pre_tokenizer: bytesOnly }, /cuts by/],
    ["words", { pre_tokenizer: { type: "Whitespace" } }, /not byte-level/],
    ["nothing", {}, /not byte-level/],
    ["small letters", { pre_tokenizer: plain, normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Lowercase" }] } }, /changes texts by "Lowercase"/],
  ])("refuses %s", (_name, tokenizer, reason, ignoreMerges = false) => {
    expect(() => preTokenizerOf(tokenizer, ignoreMerges)).toThrow(reason);
  });
});
