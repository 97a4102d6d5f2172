import { BlockInfluence } from "../../core/pruning/blockInfluence";
import { HumanError } from "../../protocol/humanError";
import type { GraphTensor, Observer } from "../ffi/graph";

/** Names that llama.cpp gives to what goes into the first block; the last one that comes by counts. Source: src/llama-graph.cpp and src/models, release v0.4.0. */
const inputs: ReadonlySet<string> = new Set(["embd", "inp_embd", "inp_embd_scaled", "inp_scaled", "inpL", "inp_norm-0"]);
const behindBlock = /^l_out-(\d+)$/;

/** Follows the hidden state from block to block while a model reads, and how much each block turns it. */
export class HiddenStates implements Observer<GraphTensor> {
  readonly #influences: readonly BlockInfluence[];
  #block = -1;
  #state: Float32Array | undefined;

  constructor(blocks: number, private readonly read: (tensor: GraphTensor) => Buffer) {
    this.#influences = Array.from({ length: blocks }, () => new BlockInfluence());
  }

  wants({ name, isFloat }: GraphTensor): boolean {
    return isFloat && (inputs.has(name) || behindBlock.test(name));
  }

  take(tensor: GraphTensor): void {
    const bytes = this.read(tensor);
    const state = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const block = Number(behindBlock.exec(tensor.name)?.[1] ?? -1);
    if (block >= 0) this.#influence(block, state, tensor.shape[0] ?? 1);
    [this.#block, this.#state] = [block, state];
  }

  /** Block Influence of each block. Throws a HumanError where not all of them were seen. */
  influences(architecture: string): readonly number[] {
    if (this.#influences.some(({ positions }) => positions === 0)) {
      throw new HumanError("unsupported", `Decant cannot see what goes into and out of each block of a ${architecture} model, so it cannot rank them: choose the blocks yourself.`);
    }
    return this.#influences.map(({ value }) => value);
  }

  #influence(block: number, state: Float32Array, width: number): void {
    const before = this.#state;
    if (before?.length !== state.length || this.#block !== block - 1) return;
    this.#influences[block]?.add(before, state, width);
    if (!Number.isFinite(this.#influences[block]?.value)) {
      throw new HumanError("failed", `The model computes numbers that are none (behind block ${block}), so its blocks cannot be ranked: take its original.`);
    }
  }
}
