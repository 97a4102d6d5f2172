import type { JsonObject } from "../checkpoint";
import { isObject, objectOf } from "../hyperparameters";
import { damagedTokenizer, looksSpecial, tokenTypes } from "./vocabulary";

/** A token that is found in a text before anything else. */
export interface AddedToken {
  readonly id: number;
  readonly text: string;
  readonly special: boolean;
}

/** More than any tokenizer has. */
const mostAdded = 1_000_000;

/** "added_tokens" of tokenizer.json. */
export function addedInJson(tokenizer: JsonObject | undefined): readonly AddedToken[] {
  const list = tokenizer?.added_tokens;
  if (!Array.isArray(list)) return [];
  if (list.length > mostAdded) throw damagedTokenizer("tokenizer.json", `${list.length} added tokens`);
  return list.map((entry) => added(objectOf(entry).id, entry, "tokenizer.json"));
}

/** "added_tokens_decoder" of tokenizer_config.json: tokens by number. */
export function addedInConfig(config: JsonObject | undefined): readonly AddedToken[] {
  return Object.entries(objectOf(config?.added_tokens_decoder)).map(([id, entry]) => added(Number(id), entry, "tokenizer_config.json"));
}

/** added_tokens.json: numbers by text. */
export function addedInList(list: JsonObject | undefined): readonly AddedToken[] {
  return Object.entries(list ?? {}).map(([text, id]) => added(id, { content: text }, "added_tokens.json"));
}

/** Its type and text in a GGUF file: what is not special is compared with texts that have blanks, not SentencePiece's sign for them. */
export function writtenToken({ text, special }: AddedToken): { readonly text: string; readonly type: number } {
  if (special || looksSpecial(text)) return { text, type: tokenTypes.control };
  return { text: text.replaceAll("▁", " "), type: tokenTypes.userDefined };
}

function added(id: unknown, entry: unknown, file: string): AddedToken {
  const { content, special } = isObject(entry) ? entry : {};
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0 || typeof content !== "string") throw damagedTokenizer(file, "an added token without number and text");
  return { id, text: content, special: special === true };
}
