import { HumanError } from "../../../protocol/humanError";
import type { JsonObject } from "../checkpoint";

/** llama_token_type of llama.h, v0.4.0. */
export const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** What a GGUF file says of the texts that a model reads. */
export interface Vocabulary {
  /** "llama" (SentencePiece, by scores) or "gpt2" (byte-level, by merges). */
  readonly model: "llama" | "gpt2";
  /** How a text is cut before, by llama.cpp's name. */
  readonly pre: string;
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly scores?: readonly number[];
  readonly merges?: readonly string[];
  /** Known where only tokenizer.json says it. */
  readonly addSpacePrefix?: boolean;
  readonly notes: readonly string[];
}

/** One piece of a SentencePiece model; `type` as in sentencepiece_model.proto, whose numbers llama.cpp took over. */
export interface Piece {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

export interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  /** 1 unigram, 2 BPE, 3 words, 4 characters. */
  readonly modelType: number;
}

/** The tokenizer's files of a checkpoint, as far as they are there. */
export interface TokenizerFiles {
  /** tokenizer.model, where it is a SentencePiece model. */
  readonly sentencePiece?: SentencePieceModel;
  readonly tokenizerJson?: JsonObject;
  readonly tokenizerConfig?: JsonObject;
  /** added_tokens.json: ids by text. */
  readonly addedTokens?: JsonObject;
  /** tekken.json is there. */
  readonly tekken?: boolean;
  /** chat_template.jinja, or that of chat_template.json. */
  readonly chatTemplate?: unknown;
  /** Of the folder additional_chat_templates. */
  readonly moreTemplates?: readonly { readonly name: string; readonly template: string }[];
}

/** Lists of tokens that are filled by number. */
export class TokenTable {
  readonly tokens: string[];
  readonly scores: number[];
  readonly types: number[];

  constructor(readonly size: number) {
    this.tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
    this.scores = new Array<number>(size).fill(-10_000);
    this.types = new Array<number>(size).fill(tokenTypes.unused);
  }

  set(id: number, text: string, type: number, score: number): void {
    if (id >= this.size) return;
    this.tokens[id] = text;
    this.types[id] = type;
    this.scores[id] = score;
  }
}

/**
 * Tokens that tools mark as ordinary though they are not: some checkpoints do so.
 * Source: does_token_look_special of llama.cpp's conversion/base.py, v0.4.0.
 */
export function looksSpecial(token: string): boolean {
  return ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].includes(token) || /^(<\|.*\|>|<｜.*｜>|<unused.*>)$/s.test(token);
}

export function damagedTokenizer(file: string, what: string): HumanError {
  return new HumanError("notReadable", `${file} is damaged (${what}). Download it again.`);
}
