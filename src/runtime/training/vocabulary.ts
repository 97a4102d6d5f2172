import type { Address } from "../ffi/address";
import type { ChatMessage } from "../ffi/chatTemplate";
import type { NativeLibrary } from "../ffi/library";

/** The tokens of a loaded model. */
export class Vocabulary {
  readonly #vocab: Address;
  readonly size: number;

  constructor(private readonly library: NativeLibrary, private readonly model: Address) {
    this.#vocab = library.llama.vocabOf(model);
    this.size = library.llama.vocabSize(this.#vocab);
  }

  /** The token that sequences begin with, where the vocabulary asks for one. */
  get bos(): number | undefined {
    const { llama } = this.library;
    return llama.addsBos(this.#vocab) ? llama.bos(this.#vocab) : undefined;
  }

  /** The token that ends a turn, or a text. */
  get end(): number | undefined {
    const token = this.library.chatTemplates.endOfTurn(this.#vocab);
    return token < 0 ? undefined : token;
  }

  /** How conversations are written for this model, where it says so. */
  get template(): string | undefined {
    return this.library.chatTemplates.of(this.model) ?? undefined;
  }

  render(template: string, messages: readonly ChatMessage[], opened: boolean): string | undefined {
    return this.library.chatTemplates.render(template, messages, opened);
  }

  /** Without a token at the beginning. With `special`, marks of a chat template become tokens of their own. */
  tokenize(text: string, special = false): Int32Array {
    const bytes = Buffer.from(text, "utf8");
    const into = (tokens: Int32Array): number => this.library.llama.tokenize(this.#vocab, bytes, bytes.length, tokens, tokens.length, false, special);
    const guess = new Int32Array(bytes.length + 8);
    const count = into(guess);
    if (count >= 0) return guess.slice(0, count);
    // More tokens than bytes: a vocabulary of bytes spells SentencePiece's blank with three of them.
    const tokens = new Int32Array(-count);
    into(tokens);
    return tokens;
  }
}
