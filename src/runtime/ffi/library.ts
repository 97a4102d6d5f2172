import { bindChatTemplates, type ChatTemplates } from "./chatTemplate";
import { bindGgmlBackend } from "./ggmlBackend";
import { bindGgmlTypes, type GgmlTypes } from "./ggmlTypes";
import { bindGraphs, type Graphs } from "./graph";
import { bindGraphNodes, type WatchGraph } from "./graphNodes";
import { type Koffi, loadKoffi } from "./koffi";
import { bindMemory, type CopyBytes } from "./libc/memory";
import { detectNativeLibrary } from "./libraryFiles";
import { bindLlama, type Llama } from "./llama";
import { bindNativeLog, type NativeLog } from "./nativeLog";
import { NativeMemory } from "./nativeMemory";
import { bindQuantizer, type RunQuantizer } from "./quantizerCall";
import { TokenBatch } from "./tokenBatch";
import { bindTraining, type Training } from "./training";

/** The llama.cpp library of this machine, ready for work on the CPU. */
export interface NativeLibrary {
  readonly llama: Llama;
  readonly log: NativeLog;
  readonly copy: CopyBytes;
  readonly runQuantizer: RunQuantizer;
  readonly types: GgmlTypes;
  readonly graphs: Graphs;
  readonly watchGraph: WatchGraph;
  readonly training: Training;
  readonly chatTemplates: ChatTemplates;
  newMemory(): NativeMemory;
  newBatch(tokens: number, perSequence?: number): TokenBatch;
}

/** Opening again is cheap: the system keeps a library that is open, and the backends are loaded once. */
export function openNativeLibrary(): NativeLibrary {
  const files = detectNativeLibrary();
  const koffi: Koffi = loadKoffi();
  const library = koffi.load(files.llama);
  const log = bindNativeLog(koffi, library);
  const silence = log.listen(() => {});
  try {
    bindGgmlBackend(koffi.load(files.ggml)).loadAll(files.folder);
  } finally {
    silence();
  }
  const llama = bindLlama(koffi, library);
  const copy = bindMemory(koffi);
  const runQuantizer = bindQuantizer(koffi, llama, copy);
  const base = koffi.load(files.ggmlBase);
  const types = bindGgmlTypes(koffi, base, copy);
  const graphs = bindGraphs(koffi, base, copy);
  const watchGraph = bindGraphNodes(koffi, base, copy);
  const training = bindTraining(koffi, library, base, copy);
  const chatTemplates = bindChatTemplates(koffi, library);
  return {
    llama, log, copy, runQuantizer, types, graphs, watchGraph, training, chatTemplates,
    newMemory: () => new NativeMemory(koffi, copy),
    newBatch: (tokens, perSequence) => new TokenBatch(koffi, llama, copy, tokens, perSequence),
  };
}
