import { basename } from "node:path";
import { quantTypeOfFtype } from "../../core/gguf/quantLevels";
import { HumanError } from "../../protocol/humanError";
import type { AdapterUse, MemoryNeed, QuantType } from "../../protocol/model";
import type { Address } from "../ffi/address";
import type { NativeLibrary } from "../ffi/library";
import type { ContextParams } from "../ffi/structs";
import type { TokenBatch } from "../ffi/tokenBatch";
import { onWorker } from "../ffi/worker";
import { type GgufLayout, readGgufLayout } from "../gguf/ggufLayout";
import type { BufferSizes } from "./bufferSizes";
import { failedToLoad, listenForLoad } from "./loadLog";

export interface MeasuringOptions {
  /** Tokens per chunk. */
  readonly context: number;
  readonly threads: number;
  /** The file is mapped instead of read, so that its weights take no memory of their own. */
  readonly mapped?: boolean;
}

/** A model loaded on the CPU. Holds native memory until dispose. Nothing can be decoded before `prepare`. */
export class MeasuredModel {
  readonly vocabSize: number;
  readonly #vocab: Address;
  readonly #sizes: BufferSizes;
  #context: Address | null = null;
  #decodedTokens = 0;
  #decodedSeconds = 0;

  private constructor(
    private readonly library: NativeLibrary,
    readonly path: string,
    readonly layout: GgufLayout,
    private readonly model: Address,
    sizes: BufferSizes,
    readonly adapters: readonly AdapterUse[],
    private readonly loadedAdapters: readonly Address[],
  ) {
    this.#sizes = sizes;
    this.#vocab = library.llama.vocabOf(model);
    this.vocabSize = library.llama.vocabSize(this.#vocab);
  }

  /** Throws a HumanError that names the file when it is damaged, cannot be loaded, or has a shorter context. */
  static async open(library: NativeLibrary, path: string, options: MeasuringOptions, adapters: readonly AdapterUse[] = []): Promise<MeasuredModel> {
    const layout = readGgufLayout(path);
    const { llama } = library;
    const log = listenForLoad(library.log);
    try {
      const reading = options.mapped ? { load_mode: mapped, use_extra_bufts: false } : { load_mode: readIntoMemory };
      const model = await onWorker(llama.loadModel, path, { ...llama.modelDefaultParams(), n_gpu_layers: 0, ...reading });
      if (model === null) throw failedToLoad(path, log.reasons);
      try {
        checkModel(library, model, path, options);
        const loaded = await Promise.all(adapters.map((adapter) => loadAdapter(library, model, adapter.path)));
        return new MeasuredModel(library, path, layout, model, log.sizes, adapters, loaded);
      } catch (error) {
        llama.freeModel(model);
        throw error;
      }
    } finally {
      log.stop();
    }
  }

  /** Makes room to decode so many chunks at once, each as a sequence of its own. */
  async prepare(sequences: number, { context, threads }: MeasuringOptions, more: Partial<ContextParams> = {}): Promise<void> {
    const { llama, log } = this.library;
    const heard = listenForLoad(log, this.#sizes);
    try {
      const n_threads = Math.max(1, threads);
      const tokens = sequences * context;
      const defaults = llama.contextDefaultParams();
      const params = { ...defaults, n_ctx: tokens, n_seq_max: sequences, n_batch: tokens, n_ubatch: Math.min(defaults.n_ubatch, tokens), n_threads, n_threads_batch: n_threads, ...more };
      this.#context = await onWorker(llama.newContext, this.model, params);
      if (this.#context === null) throw failedToLoad(this.path, heard.reasons);
      if (this.adapters.length > 0) this.library.training.useAdapters(this.#context, this.loadedAdapters, this.adapters.map(({ scale }) => scale));
    } finally {
      heard.stop();
    }
  }

  get type(): QuantType | "unknown" {
    return quantTypeOfFtype(Number(this.layout.scalars.get("general.file_type") ?? -1)) ?? "unknown";
  }

  get bitsPerWeight(): number {
    const weights = this.layout.tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    return (8 * this.layout.tensors.reduce((sum, { bytes }) => sum + bytes, 0)) / weights;
  }

  /** What the library said that it allocated. */
  get memory(): MemoryNeed {
    return this.#sizes.need;
  }

  /** Of the chunks decoded so far. */
  get promptTokensPerSecond(): number {
    return this.#decodedSeconds > 0 ? this.#decodedTokens / this.#decodedSeconds : 0;
  }

  /** The token that chunks begin with, where the vocabulary asks for one. */
  get bos(): number | undefined {
    return this.library.llama.addsBos(this.#vocab) ? this.library.llama.bos(this.#vocab) : undefined;
  }

  async tokenize(text: string): Promise<Int32Array> {
    const bytes = Buffer.from(text, "utf8");
    const into = (tokens: Int32Array): Promise<number> =>
      onWorker(this.library.llama.tokenize, this.#vocab, bytes, bytes.length, tokens, tokens.length, true, false);
    const guess = new Int32Array(bytes.length + 8);
    const count = await into(guess);
    if (count >= 0) return guess.slice(0, count);
    // More tokens than bytes: a vocabulary of bytes spells SentencePiece's blank with three of them.
    const tokens = new Int32Array(-count);
    await into(tokens);
    return tokens;
  }

  /** The UTF-8 bytes that a token stands for, perhaps a part of a character. Control tokens have none unless `special`. */
  piece(token: number, special = false): Uint8Array {
    const into = (bytes: Uint8Array): number => this.library.llama.pieceOf(this.#vocab, token, bytes, bytes.length, 0, special);
    const guess = new Uint8Array(64);
    const count = into(guess);
    if (count >= 0) return guess.slice(0, count);
    const bytes = new Uint8Array(-count);
    into(bytes);
    return bytes;
  }

  /** Decodes chunks from an empty memory; their logits stay readable until the next decoding. */
  async decodeChunks(batch: TokenBatch, tokens: Int32Array, wanted: Int8Array): Promise<void> {
    this.forget();
    batch.fill(tokens, 0, wanted);
    this.#decodedSeconds += await this.decode(batch);
    this.#decodedTokens += tokens.length;
  }

  /** Copies the logits of the i-th token of the decoded batch. */
  readLogits(index: number, out: Float32Array): void {
    const address = this.library.llama.logitsAt(this.#native, index);
    if (address === null) throw new Error(`No logits at ${index}.`);
    this.library.copy(out, address, out.byteLength);
  }

  /** Empties the context. */
  forget(): void {
    const { llama } = this.library;
    llama.clearMemory(llama.memoryOf(this.#native), true);
  }

  /** Decodes on a worker thread. Seconds it took. */
  async decode(batch: TokenBatch): Promise<number> {
    const started = performance.now();
    this.#check(await onWorker(this.library.llama.decode, this.#native, batch.native));
    this.library.llama.synchronize(this.#native);
    return (performance.now() - started) / 1000;
  }

  /** Decodes on this thread, which nothing else can use meanwhile. Seconds it took. */
  decodeHere(batch: TokenBatch): number {
    const started = performance.now();
    this.#check(this.library.llama.decode(this.#native, batch.native));
    this.library.llama.synchronize(this.#native);
    return (performance.now() - started) / 1000;
  }

  dispose(): void {
    if (this.#context !== null) this.library.llama.freeContext(this.#context);
    this.library.llama.freeModel(this.model);
  }

  get #native(): Address {
    if (this.#context === null) throw new Error("prepare() comes first.");
    return this.#context;
  }

  #check(result: number): void {
    if (result !== 0) throw new HumanError("failed", `${basename(this.path)} failed to read the text (llama_decode answered ${result}).`);
  }
}

/** Freed with the model. It has been checked against the model before. */
async function loadAdapter({ training }: NativeLibrary, model: Address, path: string): Promise<Address> {
  const adapter = await training.loadAdapter(model, path);
  if (adapter === null) throw new HumanError("unsupported", `llama.cpp does not take ${basename(path)} as an adapter of this model: choose one that was made for it.`);
  return adapter;
}

/**
 * LLAMA_LOAD_MODE_NONE. A mapped file would be in memory twice wherever the library keeps a copy that is arranged for
 * the processor (AMX, repacked blocks).
 */
const readIntoMemory = 0;
/** LLAMA_LOAD_MODE_MMAP; without the copy that is arranged for the processor. */
const mapped = 1;

function checkModel({ llama }: NativeLibrary, model: Address, path: string, { context }: MeasuringOptions): void {
  const name = basename(path);
  if (!llama.hasDecoder(model) || llama.hasEncoder(model)) {
    throw new HumanError("unsupported", `${name} does not write text token by token, so it can neither be measured nor calibrated.`);
  }
  const trained = llama.trainedContext(model);
  if (context > trained) {
    throw new HumanError("badArgument", `${name} was trained for a context of ${trained} tokens: take ${trained} or less instead of ${context}.`);
  }
}
