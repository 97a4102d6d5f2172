import { basename } from "node:path";
import { underivable } from "../../core/training/differentiable";
import { HumanError } from "../../protocol/humanError";
import { failedToLoad, listenForLoad } from "../evaluation/loadLog";
import type { Address } from "../ffi/address";
import type { NativeLibrary } from "../ffi/library";
import type { TokenBatch } from "../ffi/tokenBatch";
import type { TrainingRun, TrainingStep } from "../ffi/training";
import { onWorker } from "../ffi/worker";
import { Vocabulary } from "./vocabulary";

export interface LearnerOptions {
  readonly path: string;
  /** Its tensors learn, and the model's own stay as they are; absent lets the model's F32 weights learn. */
  readonly adapter?: string;
  /** Tokens of a sequence, and of the pieces that it is computed in; one step for each sequence. */
  readonly context: number;
  readonly piece: number;
  readonly threads: number;
}

/**
 * llama.h: LLAMA_LOAD_MODE_NONE (weights that can be written to), GGML_TYPE_F32 and LLAMA_FLASH_ATTN_TYPE_DISABLED. What is repacked for the
 * processor, other types of the cache, and flash attention have no backward pass.
 */
const writable = { n_gpu_layers: 0, load_mode: 0, use_extra_bufts: false };
const differentiable = { type_k: 0, type_v: 0, flash_attn_type: 0, offload_kqv: false, op_offload: false };

/** What llama_set_param passes over. */
const untouched: readonly string[] = ["token_embd.weight", "rope_freqs.weight"];

/** A model that learns, held in native memory until dispose. */
export class Learner {
  /** A pass of the optimizer came last. */
  #stepped = true;

  private constructor(
    private readonly library: NativeLibrary,
    readonly vocabulary: Vocabulary,
    private readonly model: Address,
    private readonly context: Address,
    private readonly batch: TokenBatch,
    /** What learns, by name. */
    private readonly learning: ReadonlyMap<string, Address>,
    private readonly run: TrainingRun,
  ) {}

  /** Throws a HumanError for a model that cannot be loaded, or has parts that nothing can be derived through. */
  static async open(library: NativeLibrary, { path, adapter, context, piece, threads }: LearnerOptions): Promise<Learner> {
    const { llama, training } = library;
    const log = listenForLoad(library.log);
    try {
      const model = await onWorker(llama.loadModel, path, { ...llama.modelDefaultParams(), ...writable });
      if (model === null) throw failedToLoad(path, log.reasons);
      const loaded = adapter === undefined ? null : await training.loadAdapter(model, adapter);
      if (adapter !== undefined && loaded === null) throw new HumanError("unsupported", `llama.cpp takes no adapter for ${basename(path)} (${log.reasons.join(" ")}).`);
      const newContext = async (callback: Address | null): Promise<Address> => {
        const params = { ...llama.contextDefaultParams(), ...differentiable, n_ctx: context, n_batch: context, n_ubatch: piece, n_threads: threads, n_threads_batch: threads, cb_eval: callback };
        const made = await onWorker(llama.newContext, model, params);
        if (made === null) throw failedToLoad(path, log.reasons);
        if (loaded !== null) training.useAdapters(made, [loaded], [1]);
        return made;
      };
      const batch = library.newBatch(context);
      const adapters = await lookThrough(library, newContext, batch, path);
      const own = await newContext(null);
      // The CPU backend keeps its number of threads from the first decoding on; before it, it is 4, which stalls on fewer cores.
      await decode(library, own, batch, new Int32Array(context));
      for (const address of adapters.values()) training.learn(address);
      const weights = new Map<string, Address>();
      const learns = (tensor: Address): boolean => {
        const name = training.nameOf(tensor);
        if (adapter !== undefined || untouched.includes(name)) return false;
        weights.set(name, tensor);
        return true;
      };
      const vocabulary = new Vocabulary(library, model);
      const run = await training.begin(own, model, { context, vocabSize: vocabulary.size, learns });
      return new Learner(library, vocabulary, model, own, batch, adapter === undefined ? weights : adapters, run);
    } finally {
      log.stop();
    }
  }

  /** The loss before the step, mean over the positions, nats. */
  step(step: TrainingStep): Promise<number> {
    this.#stepped = true;
    return this.run.step(step);
  }

  /** Reads a sequence from an empty memory: `readLogits` tells what it foretells, until the next step. */
  async decode(tokens: Int32Array): Promise<void> {
    // After a step llama.cpp would use that step's graph again, whose memory is another's by now; after a single token it makes a new one.
    if (this.#stepped) await decode(this.library, this.context, this.batch, tokens.slice(0, 1));
    this.#stepped = false;
    await decode(this.library, this.context, this.batch, tokens);
  }

  readLogits(position: number, out: Float32Array): void {
    const address = this.library.llama.logitsAt(this.context, position);
    if (address === null) throw new Error(`No logits at ${position}.`);
    this.library.copy(out, address, out.byteLength);
  }

  learns(name: string): boolean {
    return this.learning.has(name);
  }

  read(name: string): Float32Array {
    return this.library.training.read(this.learning.get(name)!);
  }

  write(name: string, values: Float32Array): void {
    this.library.training.write(this.learning.get(name)!, values);
  }

  dispose(): void {
    this.run.dispose();
    this.batch.dispose();
    this.library.llama.freeContext(this.context);
    this.library.llama.freeModel(this.model);
  }
}

/** Computes one batch node by node: the adapter's tensors by name. Throws where a node has no derivative, which would end the process later. */
async function lookThrough(
  library: NativeLibrary, newContext: (callback: Address) => Promise<Address>, batch: TokenBatch, path: string,
): Promise<ReadonlyMap<string, Address>> {
  const found = new Map<string, Address>();
  const foreign = new Set<string>();
  const graph = library.watchGraph((node) => {
    if (underivable(node.operation, node.sources.length)) foreign.add(node.operation);
    for (const source of node.sources) {
      const name = library.training.nameOf(source);
      if (/\.lora_[ab]$/.test(name)) found.set(name, source);
    }
  });
  try {
    const context = await newContext(graph.callback);
    await decode(library, context, batch, new Int32Array(batch.capacity));
    library.llama.freeContext(context);
  } finally {
    graph.dispose();
  }
  if (foreign.size > 0) {
    throw new HumanError("unsupported", `${basename(path)} cannot be trained: llama.cpp has no backward pass for parts of its architecture (${[...foreign].join(", ")}). Models like llama, Mistral and Qwen can.`);
  }
  return found;
}

async function decode({ llama }: NativeLibrary, context: Address, batch: TokenBatch, tokens: Int32Array): Promise<void> {
  llama.clearMemory(llama.memoryOf(context), true);
  batch.fill(tokens, 0, new Int8Array(tokens.length).fill(1));
  const result = await onWorker(llama.decode, context, batch.native);
  llama.synchronize(context);
  if (result !== 0) throw new HumanError("failed", `The student failed to read a sequence (llama_decode answered ${result}).`);
}
