import { HumanError } from "../../../protocol/humanError";
import type { MetadataEntry } from "../../gguf/writer";
import type { TokenizerHabits } from "../architecture";
import type { JsonObject } from "../checkpoint";
import { flag, text, texts, u32 } from "../entries";
import { byteLevelVocabulary } from "./byteLevelVocabulary";
import { chatTemplateEntries } from "./chatTemplate";
import { fallbackVocabulary } from "./fallbackVocabulary";
import { sentencePieceVocabulary } from "./sentencePieceVocabulary";
import { specialTokenEntries } from "./specialTokens";
import { pairMergingOf, stepsOf } from "./tokenizerJson";
import type { TokenizerFiles, Vocabulary } from "./vocabulary";

export interface TokenizerEntries {
  readonly entries: readonly MetadataEntry[];
  readonly notes: readonly string[];
}

/** All metadata of a tokenizer. `size`: rows of the embeddings. Throws a HumanError for a tokenizer that llama.cpp does not have. */
export function tokenizerEntries(files: TokenizerFiles, config: JsonObject, size: number, habits: TokenizerHabits = {}): TokenizerEntries {
  const vocabulary = vocabularyOf(files, size, habits);
  const { model, pre, tokens, types, scores, merges } = vocabulary;
  checkUnique(tokens);
  const addSpacePrefix = habits.addSpacePrefix ?? (habits.saidSpacePrefix ? saidPrefix(files) : undefined) ?? vocabulary.addSpacePrefix;
  const entries = [
    text("tokenizer.ggml.model", model),
    text("tokenizer.ggml.pre", pre),
    texts("tokenizer.ggml.tokens", tokens),
    ...(scores ? [{ key: "tokenizer.ggml.scores", type: "array", element: "f32", value: scores } as const] : []),
    { key: "tokenizer.ggml.token_type", type: "array", element: "i32", value: types } as const,
    ...(merges && merges.length > 0 ? [texts("tokenizer.ggml.merges", merges)] : []),
    ...specialTokenEntries(files, config, size),
    ...Object.entries(habits.fixedIds ?? {}).filter(([, id]) => id < size).map(([role, id]) => u32(`tokenizer.ggml.${role}_token_id`, id)),
    ...(addSpacePrefix === undefined ? [] : [flag("tokenizer.ggml.add_space_prefix", addSpacePrefix)]),
    ...(habits.addBos === undefined ? [] : [flag("tokenizer.ggml.add_bos_token", habits.addBos)]),
    ...chatTemplateEntries(files),
  ];
  // What a family always says comes last and counts.
  return { entries: [...new Map(entries.map((entry) => [entry.key, entry])).values()], notes: vocabulary.notes };
}

function vocabularyOf(files: TokenizerFiles, size: number, habits: TokenizerHabits): Vocabulary {
  const { sentencePiece, tokenizerJson, tokenizerConfig, tekken } = files;
  if (sentencePiece && !(tokenizerJson && tokenizerConfig?.tokenizer_class === "GPT2Tokenizer")) {
    return sentencePieceVocabulary(sentencePiece, files, size, habits.plainAddedTokens === true);
  }
  if (!tokenizerJson) {
    throw new HumanError("notFound", tekken
      ? "The checkpoint has its tokenizer in tekken.json only: download tokenizer.json of the same model beside it."
      : "The checkpoint has no tokenizer: download tokenizer.json (or tokenizer.model) of the same model beside it.");
  }
  const pairs = pairMergingOf(tokenizerJson);
  const byteLevel = stepsOf(tokenizerJson.pre_tokenizer, "pretokenizers").some(({ type }) => type === "ByteLevel");
  return pairs.byteFallback && !byteLevel
    ? fallbackVocabulary(tokenizerJson, pairs, files, size)
    : byteLevelVocabulary(tokenizerJson, pairs, files, size, habits.plainByteLevel);
}

function saidPrefix({ tokenizerConfig }: TokenizerFiles): boolean | undefined {
  const said = tokenizerConfig?.add_prefix_space;
  return typeof said === "boolean" ? said : undefined;
}

/** llama.cpp ends the process over a vocabulary that has a token twice. It reads tokens up to their first zero. */
function checkUnique(tokens: readonly string[]): void {
  const seen = new Set<string>();
  for (const token of tokens) {
    const read = token.split("\0", 1)[0]!;
    if (read !== "" && seen.has(read)) throw new HumanError("notReadable", "The tokenizer lists a token twice, which llama.cpp does not take: its files do not belong together, or are damaged.");
    seen.add(read);
  }
}
