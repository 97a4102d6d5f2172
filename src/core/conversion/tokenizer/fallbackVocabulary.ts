import type { JsonObject } from "../checkpoint";
import { allAdded, checkedId } from "./byteLevelVocabulary";
import { writtenToken } from "./addedTokens";
import { type PairMerging, stepsOf } from "./tokenizerJson";
import { TokenTable, type TokenizerFiles, tokenTypes, type Vocabulary } from "./vocabulary";

/**
 * The vocabulary of a SentencePiece tokenizer of which there is only tokenizer.json. llama.cpp merges by scores: a token's is the place of
 * its first merge, as in the tokenizer.model that such files are made from. (llama.cpp's own converter gives all tokens one score, and
 * then cuts texts differently.)
 */
export function fallbackVocabulary(tokenizer: JsonObject, pairs: PairMerging, files: TokenizerFiles, size: number): Vocabulary {
  const ranks = new Map<string, number>();
  pairs.merges.forEach(([left, right], rank) => {
    if (!ranks.has(left + right)) ranks.set(left + right, rank);
  });
  const table = new TokenTable(size);
  for (const [text, id] of pairs.ids) {
    const type = /^<0x[0-9A-Fa-f]{2}>$/.test(text) ? tokenTypes.byte : tokenTypes.normal;
    table.set(checkedId(id, size), text, type, -(ranks.get(text) ?? 0));
  }
  for (const token of allAdded(tokenizer, files, pairs)) {
    const { text, type } = writtenToken(token);
    table.set(checkedId(token.id, size), text, type, -1000);
  }
  return { model: "llama", pre: "default", tokens: table.tokens, scores: table.scores, types: table.types, addSpacePrefix: beginsWithBlank(tokenizer), notes: [] };
}

/** Whether a blank is put before a text: by the normalizer, or by the pre-tokenizer that marks blanks. */
function beginsWithBlank({ normalizer, pre_tokenizer: preTokenizer }: JsonObject): boolean {
  const prepends = stepsOf(normalizer, "normalizers").some(({ type, prepend }) => type === "Prepend" && prepend === "▁");
  const marks = stepsOf(preTokenizer, "pretokenizers").find(({ type }) => type === "Metaspace");
  if (!marks) return prepends;
  return prepends || (marks.prepend_scheme === undefined ? marks.add_prefix_space !== false : marks.prepend_scheme !== "never");
}
