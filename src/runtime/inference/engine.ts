import { stat } from "node:fs/promises";
import type { Llama, LlamaContextOptions, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { type GgufHeader, hyperparameter, metadataString } from "../../core/gguf/header";
import { memoryOfFile, totalNeed } from "../../core/fit/memory";
import { HumanError } from "../../protocol/humanError";
import type { LoadedModel, Machine } from "../../protocol/model";
import type { LoadParams } from "../../protocol/rpc";
import type { Turn } from "../turn";
import { checkAdapters } from "./adapters";
import { loadFailure, tooLarge } from "./loadFailure";
import { readMachine } from "./machine";
import { readModelHeader } from "./modelParts";

/** Tokens of context when the person has not chosen: enough for a page with its instructions, cheap in memory. */
const usualContext = 4096;
/** Tokens of context when a header does not say what the model was trained for. */
const unknownContext = 2048;
/** Tokens of context below which there is no room for a clause. */
const leastContext = 256;
/** Lines of the library's complaints that are kept to explain a failure. */
const keptComplaints = 20;

/** The model held for inference, with the one sequence that it is asked through. */
export interface HeldModel {
  readonly model: LlamaModel;
  readonly sequence: LlamaContextSequence;
  readonly header: GgufHeader;
  readonly loaded: LoadedModel;
}

interface Opening {
  readonly file: LoadedModel["file"];
  readonly header: GgufHeader;
  readonly contextSize: number;
  /**
   * Mapped, the file and the copy that the CPU backend makes of it are resident both; read, the copy alone. But only a
   * mapped file can be larger than the memory that is free.
   */
  readonly isMapped: boolean;
}

/** Holds at most one model. Nothing native is loaded before the first call that needs it. */
export class Engine {
  #llama: Promise<Llama> | undefined;
  #held: HeldModel | undefined;
  readonly #complaints: string[] = [];

  constructor(private readonly turn: Turn) {}

  /** Replaces the held model. Throws a HumanError that says why a file cannot be used. */
  load(params: LoadParams, signal: AbortSignal): Promise<LoadedModel> {
    return this.turn.take(async () => {
      await this.#release();
      const file = await stateOf(params.path);
      const header = await readModelHeader(params.path);
      await checkAdapters(header, params.adapters ?? []);
      const trained = hyperparameter(header, "context_length") || unknownContext;
      const contextSize = Math.max(leastContext, Math.min(trained, params.contextSize ?? usualContext));
      const llama = await this.#native();
      const machine = await readMachine(llama);
      const need = totalNeed(memoryOfFile(header, contextSize, params.cacheType));
      if (need > machine.totalMemory + machine.totalVideoMemory) throw tooLarge(params.path, need, machine);
      this.#complaints.length = 0;
      try {
        const isMapped = need > machine.freeMemory;
        this.#held = await this.#open(llama, params, { file, header, contextSize, isMapped }, signal);
      } catch (error) {
        if (signal.aborted) throw HumanError.cancelled();
        throw loadFailure(params.path, error, this.#complaints, need, await readMachine(llama));
      }
      return this.#held.loaded;
    }, signal);
  }

  unload(): Promise<void> {
    return this.turn.take(() => this.#release());
  }

  /** Runs work on the held model, which must be the one at the path where one is given; no load, unload or other work happens meanwhile. */
  withModel<R>(work: (held: HeldModel) => Promise<R>, signal: AbortSignal, path?: string): Promise<R> {
    return this.turn.take(async () => {
      if (!this.#held) throw new HumanError("badArgument", "No model is loaded. Load one first.");
      if (path !== undefined && this.#held.loaded.path !== path) throw new HumanError("failed", "Another model was loaded meanwhile: start again.");
      return work(this.#held);
    }, signal);
  }

  async machine(): Promise<Machine> {
    return readMachine(await this.#native());
  }

  /** Video memory in use, bytes; 0 while nothing native is loaded. */
  async videoMemory(): Promise<number> {
    const llama = await this.#llama;
    if (!llama || llama.gpu === false) return 0;
    return (await llama.getVramState()).used;
  }

  async #open(llama: Llama, params: LoadParams, { file, header, contextSize, isMapped }: Opening, signal: AbortSignal): Promise<HeldModel> {
    const isOnCpu = params.gpuLayers === 0 || llama.gpu === false;
    const model = await llama.loadModel({
      modelPath: params.path,
      ...(isOnCpu && { useMmap: isMapped }),
      gpuLayers: params.gpuLayers ?? { fitContext: { contextSize } },
      loadSignal: signal,
    });
    try {
      // llama.cpp's own default, which node-llama-cpp turns off: a sixth faster on the CPU, and smaller buffers.
      const flashAttention = "auto";
      const context = await model.createContext({
        contextSize, threads: params.threads, sequences: 1, flashAttention, createSignal: signal, ...cacheOptions(params), ...adapterOptions(params),
      });
      return {
        model,
        sequence: context.getSequence(),
        header,
        loaded: {
          path: params.path,
          ...(file && { file }),
          askedContext: params.contextSize,
          contextSize: context.contextSize,
          gpuLayers: model.gpuLayers,
          ...(params.cacheType && { cacheType: params.cacheType }),
          ...(params.adapters && params.adapters.length > 0 && { adapters: params.adapters }),
          hasChatTemplate: metadataString(header, "tokenizer.chat_template") !== undefined,
        },
      };
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.model.dispose();
  }

  #native(): Promise<Llama> {
    return (this.#llama ??= this.#start());
  }

  async #start(): Promise<Llama> {
    const { LlamaLogLevel, getLlama } = await import("node-llama-cpp");
    try {
      return await getLlama({
        gpu: "auto",
        build: "never",
        skipDownload: true,
        progressLogs: false,
        // The caller decides on threads: the CPU backend's threads spin, so a second guess would only slow it.
        maxThreads: 0,
        logLevel: LlamaLogLevel.warn,
        logger: (level, message) => {
          if (level === LlamaLogLevel.error || level === LlamaLogLevel.fatal) this.#complaints.push(message.trim());
          if (this.#complaints.length > keptComplaints) this.#complaints.shift();
          process.stderr.write(`[llama.cpp ${level}] ${message.trimEnd()}\n`);
        },
      });
    } catch (error) {
      this.#llama = undefined;
      throw new HumanError("unsupported", "The native library for this platform is missing or does not run here. Install the build of Decant for this platform.", { cause: error });
    }
  }
}

/** A quantized cache of values needs flash attention: "auto" turns it on for it (llama_init_from_model). */
function cacheOptions({ cacheType }: LoadParams): LlamaContextOptions {
  return cacheType ? { experimentalKvCacheKeyType: cacheType, experimentalKvCacheValueType: cacheType } : {};
}

function adapterOptions({ adapters = [] }: LoadParams): LlamaContextOptions {
  return adapters.length > 0 ? { lora: { adapters: adapters.map(({ path, scale }) => ({ filePath: path, scale })) } } : {};
}

/** Undefined for a file that is not there; reading its header says so. */
async function stateOf(path: string): Promise<LoadedModel["file"]> {
  const status = await stat(path).catch(() => undefined);
  return status && { bytes: status.size, modified: status.mtimeMs };
}
