import type { Address } from "../ffi/address";
import type { NativeLibrary } from "../ffi/library";

/** The tokens of a loaded model. */
export class Vocabulary {
  readonly #vocab: Address;
  readonly size: number;

  constructor(private readonly library: NativeLibrary, model: Address) {
    this.#vocab = library.llama.vocabOf(model);
    this.size = library.llama.vocabSize(this.#vocab);
  }

  /** The token that sequences begin with, where the vocabulary asks for one. */
  get bos(): number | undefined {
    const { llama } = this.library;
    return llama.addsBos(this.#vocab) ? llama.bos(this.#vocab) : undefined;
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
