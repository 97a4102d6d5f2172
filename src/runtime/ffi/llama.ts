/** llama.h: the functions that measuring and quantizing need. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";
import { type Batch, type ContextParams, llamaStructs, type ModelParams, type QuantizerParams } from "./structs";

export interface Llama {
  modelDefaultParams(): ModelParams;
  contextDefaultParams(): ContextParams;
  quantizeDefaultParams(): QuantizerParams;

  /** 0 on success; what went wrong is in the log. */
  quantize(input: string, output: string, params: QuantizerParams): number;

  loadModel(path: string, params: ModelParams): Address | null;
  freeModel(model: Address): void;
  /** Tokens. */
  trainedContext(model: Address): number;
  hasDecoder(model: Address): boolean;
  hasEncoder(model: Address): boolean;

  newContext(model: Address, params: ContextParams): Address | null;
  freeContext(context: Address): void;
  memoryOf(context: Address): Address;
  clearMemory(memory: Address, data: boolean): void;

  vocabOf(model: Address): Address;
  vocabSize(vocab: Address): number;
  bos(vocab: Address): number;
  addsBos(vocab: Address): boolean;
  /** Number of tokens; negative the number that there was no room for. */
  tokenize(vocab: Address, text: Uint8Array, bytes: number, tokens: Int32Array, room: number, addSpecial: boolean, parseSpecial: boolean): number;
  /** Number of bytes that a token stands for; negative the number that there was no room for. Control tokens have none unless `special`. */
  pieceOf(vocab: Address, token: number, bytes: Uint8Array, room: number, leadingBlanks: number, special: boolean): number;

  newBatch(tokens: number, embedding: number, sequences: number): Batch;
  freeBatch(batch: Batch): void;
  /** 0 on success. */
  decode(context: Address, batch: Batch): number;
  /** Waits until what decode began is done. */
  synchronize(context: Address): void;
  /** Logits of the batch's i-th token, one float per token of the vocabulary; null when it asked for none. */
  logitsAt(context: Address, index: number): Address | null;
}

export function bindLlama(koffi: Koffi, library: LibraryHandle): Llama {
  const structs = llamaStructs(koffi);
  const paramsPointer = koffi.pointer(structs.quantizeParams);
  const table = {
    modelDefaultParams: library.func("llama_model_default_params", structs.modelParams, []),
    contextDefaultParams: library.func("llama_context_default_params", structs.contextParams, []),
    quantizeDefaultParams: library.func("llama_model_quantize_default_params", structs.quantizeParams, []),
    quantize: library.func("llama_model_quantize", "uint32_t", ["str", "str", paramsPointer]),

    loadModel: library.func("llama_model_load_from_file", "void*", ["str", structs.modelParams]),
    freeModel: library.func("llama_model_free", "void", ["void*"]),
    trainedContext: library.func("llama_model_n_ctx_train", "int32_t", ["void*"]),
    hasDecoder: library.func("llama_model_has_decoder", "bool", ["void*"]),
    hasEncoder: library.func("llama_model_has_encoder", "bool", ["void*"]),

    newContext: library.func("llama_init_from_model", "void*", ["void*", structs.contextParams]),
    freeContext: library.func("llama_free", "void", ["void*"]),
    memoryOf: library.func("llama_get_memory", "void*", ["void*"]),
    clearMemory: library.func("llama_memory_clear", "void", ["void*", "bool"]),

    vocabOf: library.func("llama_model_get_vocab", "void*", ["void*"]),
    vocabSize: library.func("llama_vocab_n_tokens", "int32_t", ["void*"]),
    bos: library.func("llama_vocab_bos", "int32_t", ["void*"]),
    addsBos: library.func("llama_vocab_get_add_bos", "bool", ["void*"]),
    tokenize: library.func("llama_tokenize", "int32_t", ["void*", "void*", "int32_t", "void*", "int32_t", "bool", "bool"]),
    pieceOf: library.func("llama_token_to_piece", "int32_t", ["void*", "int32_t", "void*", "int32_t", "int32_t", "bool"]),

    newBatch: library.func("llama_batch_init", structs.batch, ["int32_t", "int32_t", "int32_t"]),
    freeBatch: library.func("llama_batch_free", "void", [structs.batch]),
    decode: library.func("llama_decode", "int32_t", ["void*", structs.batch]),
    synchronize: library.func("llama_synchronize", "void", ["void*"]),
    logitsAt: library.func("llama_get_logits_ith", "void*", ["void*", "int32_t"]),
  } satisfies Record<keyof Llama, unknown>;
  return table as unknown as Llama;
}
