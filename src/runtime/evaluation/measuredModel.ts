import { basename } from "node:path";
import { indexOfLargest } from "../../core/evaluation/prediction";
import { quantTypeOfFtype } from "../../core/gguf/quantLevels";
import { HumanError } from "../../protocol/humanError";
import type { QuantType } from "../../protocol/model";
import type { Address } from "../ffi/address";
import type { NativeLibrary } from "../ffi/library";
import { errorLevel } from "../ffi/nativeLog";
import type { TokenBatch } from "../ffi/tokenBatch";
import { onWorker } from "../ffi/worker";
import { type GgufLayout, readGgufLayout } from "../gguf/ggufLayout";

export interface MeasuringOptions {
  /** Tokens per chunk. */
  readonly context: number;
  readonly threads: number;
}

/** A model loaded on the CPU with a context for one chunk. Holds native memory until dispose. */
export class MeasuredModel {
  readonly vocabSize: number;
  readonly #vocab: Address;
  #decodedTokens = 0;
  #decodedSeconds = 0;

  private constructor(
    private readonly library: NativeLibrary,
    readonly path: string,
    readonly layout: GgufLayout,
    private readonly model: Address,
    private readonly context: Address,
  ) {
    this.#vocab = library.llama.vocabOf(model);
    this.vocabSize = library.llama.vocabSize(this.#vocab);
  }

  /** Throws a HumanError that names the file when it is damaged, cannot be loaded, or has a shorter context. */
  static async open(library: NativeLibrary, path: string, options: MeasuringOptions): Promise<MeasuredModel> {
    const layout = readGgufLayout(path);
    const { llama } = library;
    const reasons: string[] = [];
    const stop = library.log.listen((line, level) => level >= errorLevel && line.trim() && reasons.push(line.trim()));
    try {
      const params = { ...llama.modelDefaultParams(), n_gpu_layers: 0 };
      const model = await onWorker(llama.loadModel, path, params);
      if (model === null) throw failedToLoad(path, reasons);
      try {
        checkModel(library, model, path, options);
        const context = await onWorker(llama.newContext, model, contextParams(library, options));
        if (context === null) throw failedToLoad(path, reasons);
        return new MeasuredModel(library, path, layout, model, context);
      } catch (error) {
        llama.freeModel(model);
        throw error;
      }
    } finally {
      stop();
    }
  }

  get type(): QuantType | "unknown" {
    return quantTypeOfFtype(Number(this.layout.scalars.get("general.file_type") ?? -1)) ?? "unknown";
  }

  get bitsPerWeight(): number {
    const weights = this.layout.tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    return (8 * this.layout.tensors.reduce((sum, { bytes }) => sum + bytes, 0)) / weights;
  }

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

  /** Reads every weight once, so that the time of the first chunk is not that of the disk. */
  async warmUp(batch: TokenBatch): Promise<void> {
    await this.#start(batch, Int32Array.of(this.bos ?? 0), Int8Array.of(1));
  }

  /** Decodes a chunk from an empty memory; its logits stay readable until the next decoding. */
  async decodeChunk(batch: TokenBatch, tokens: Int32Array, wanted: Int8Array): Promise<void> {
    this.#decodedSeconds += await this.#start(batch, tokens, wanted);
    this.#decodedTokens += tokens.length;
  }

  /** Copies the logits of the i-th token of the decoded batch. */
  readLogits(index: number, out: Float32Array): void {
    const address = this.library.llama.logitsAt(this.context, index);
    if (address === null) throw new Error(`No logits at ${index}.`);
    this.library.copy(out, address, out.byteLength);
  }

  /** Tokens per second of a greedy generation after the prompt. */
  async generationSpeed(batch: TokenBatch, prompt: Int32Array, count: number, signal: AbortSignal): Promise<number> {
    const logits = new Float32Array(this.vocabSize);
    await this.#start(batch, prompt, Int8Array.from(prompt, (_, index) => (index === prompt.length - 1 ? 1 : 0)));
    this.readLogits(prompt.length - 1, logits);
    let seconds = 0;
    for (let made = 0; made < count; made++) {
      if (signal.aborted) throw HumanError.cancelled();
      batch.fill(Int32Array.of(indexOfLargest(logits)), prompt.length + made, Int8Array.of(1));
      seconds += await this.#decode(batch);
      this.readLogits(0, logits);
    }
    return seconds > 0 ? count / seconds : 0;
  }

  dispose(): void {
    this.library.llama.freeContext(this.context);
    this.library.llama.freeModel(this.model);
  }

  async #start(batch: TokenBatch, tokens: Int32Array, wanted: Int8Array): Promise<number> {
    const { llama } = this.library;
    llama.clearMemory(llama.memoryOf(this.context), true);
    batch.fill(tokens, 0, wanted);
    return this.#decode(batch);
  }

  /** Seconds it took. */
  async #decode(batch: TokenBatch): Promise<number> {
    const started = performance.now();
    const result = await onWorker(this.library.llama.decode, this.context, batch.native);
    if (result !== 0) throw new HumanError("failed", `${basename(this.path)} failed to read the text (llama_decode answered ${result}).`);
    return (performance.now() - started) / 1000;
  }
}

function contextParams({ llama }: NativeLibrary, { context, threads }: MeasuringOptions): ReturnType<typeof llama.contextDefaultParams> {
  const defaults = llama.contextDefaultParams();
  const n_threads = Math.max(1, threads);
  return { ...defaults, n_ctx: context, n_batch: context, n_ubatch: Math.min(defaults.n_ubatch, context), n_threads, n_threads_batch: n_threads };
}

function checkModel({ llama }: NativeLibrary, model: Address, path: string, { context }: MeasuringOptions): void {
  const name = basename(path);
  if (!llama.hasDecoder(model) || llama.hasEncoder(model)) {
    throw new HumanError("unsupported", `${name} does not write text token by token, so its perplexity cannot be measured.`);
  }
  const trained = llama.trainedContext(model);
  if (context > trained) {
    throw new HumanError("badArgument", `${name} was trained for a context of ${trained} tokens: measure with ${trained} or less instead of ${context}.`);
  }
}

/** The library's last complaints are the general ones; the first names the cause. */
function failedToLoad(path: string, reasons: readonly string[]): HumanError {
  const reason = reasons[0]?.replace(/^\w+: /, "");
  return new HumanError("failed", `${basename(path)} cannot be loaded${reason ? ` (${reason})` : ""}.`);
}
