import { HumanError } from "../../../protocol/humanError";
import type { JsonObject } from "../checkpoint";
import { shown } from "../shown";
import { addedInConfig, addedInJson, type AddedToken, writtenToken } from "./addedTokens";
import { preTokenizerOf } from "./preTokenizers";
import type { PairMerging } from "./tokenizerJson";
import { TokenTable, type TokenizerFiles, tokenTypes, type Vocabulary } from "./vocabulary";

/** The vocabulary of a byte-level tokenizer.json, as GPT-2's. Source: get_vocab_base of llama.cpp's conversion/base.py, v0.4.0. */
export function byteLevelVocabulary(tokenizer: JsonObject, pairs: PairMerging, files: TokenizerFiles, size: number, plain: string | undefined): Vocabulary {
  const table = new TokenTable(size);
  for (const [text, id] of pairs.ids) table.set(checkedId(id, size), text, tokenTypes.normal, 0);
  for (const token of allAdded(tokenizer, files, pairs)) {
    const { text, type } = writtenToken(token);
    table.set(checkedId(token.id, size), text, type, 0);
  }
  return {
    model: "gpt2",
    pre: preTokenizerOf(tokenizer, pairs.ignoreMerges, plain),
    tokens: table.tokens,
    types: table.types,
    merges: pairs.merges.map(([left, right]) => `${blankless(left)} ${blankless(right)}`),
    notes: [],
  };
}

/** Added tokens by number; what tokenizer.json says counts more, and a token that is there has the number that it has there. */
export function allAdded(tokenizer: JsonObject, files: TokenizerFiles, { ids }: PairMerging): readonly AddedToken[] {
  const byId = new Map(addedInConfig(files.tokenizerConfig).map((token) => [token.id, token]));
  for (const token of addedInJson(tokenizer)) byId.set(token.id, token);
  return [...byId.values()].filter(({ id, text }) => (ids.get(text) ?? id) === id);
}

export function checkedId(id: number, size: number): number {
  if (id < size) return id;
  throw new HumanError("notReadable", `The tokenizer has a token with the number ${shown(String(id))}, but the model has ${size}: they do not belong together.`);
}

/** A merge is written with a blank between its parts; one inside a part is written as byte-level tokenizers write it. */
function blankless(part: string): string {
  return part.replaceAll(" ", "Ġ");
}
