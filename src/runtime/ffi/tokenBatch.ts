import type { Address } from "./address";
import type { Koffi } from "./koffi";
import type { CopyBytes } from "./libc/memory";
import type { Llama } from "./llama";
import type { Batch } from "./structs";

/**
 * A native `llama_batch` whose tokens belong to one sequence after the other, each of `perSequence` tokens: token i to
 * sequence i / perSequence. Freed by dispose.
 */
export class TokenBatch {
  readonly native: Batch;

  constructor(
    koffi: Koffi,
    private readonly llama: Llama,
    private readonly copy: CopyBytes,
    readonly capacity: number,
    readonly perSequence = capacity,
  ) {
    this.native = llama.newBatch(capacity, 0, 1);
    this.#write("n_seq_id", new Int32Array(capacity).fill(1));
    // llama_batch_init leaves the sequence numbers unset, and llama_decode refuses what it finds there.
    const sequences = koffi.decode(this.native.seq_id, koffi.array("void*", capacity)) as readonly Address[];
    const number = new Int32Array(1);
    for (const [index, sequence] of sequences.entries()) {
      number[0] = Math.floor(index / perSequence);
      copy(sequence, number, number.byteLength);
    }
  }

  /** Puts tokens at the positions from `position` on, anew in each sequence; logits are wanted where `wanted` is 1. */
  fill(tokens: Int32Array, position: number, wanted: Int8Array): void {
    this.native.n_tokens = tokens.length;
    this.#write("token", tokens);
    this.#write("pos", Int32Array.from(tokens, (_, index) => position + (index % this.perSequence)));
    this.#write("logits", wanted);
  }

  dispose(): void {
    this.llama.freeBatch(this.native);
  }

  #write(field: "token" | "pos" | "n_seq_id" | "logits", values: Int32Array | Int8Array): void {
    const address = this.native[field];
    if (address === null) throw new Error(`llama_batch_init gave no room for ${field}.`);
    this.copy(address, values, values.byteLength);
  }
}
