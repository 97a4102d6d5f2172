/** Struct layouts of include/llama.h, release v0.4.0, field by field in the header's order. Enums are C ints. */
import type { Address } from "./address";
import type { Koffi, TypeObject } from "./koffi";

const modelParams = {
  devices: "void*", tensor_buft_overrides: "void*",
  n_gpu_layers: "int32_t", split_mode: "int", load_mode: "int", lazy_mode: "int", main_gpu: "int32_t",
  tensor_split: "void*", progress_callback: "void*", progress_callback_user_data: "void*", kv_overrides: "void*",
  vocab_only: "bool", check_tensors: "bool", use_extra_bufts: "bool", no_host: "bool", no_alloc: "bool", load_mtp: "bool",
} as const;

const contextParams = {
  n_ctx: "uint32_t", n_batch: "uint32_t", n_ubatch: "uint32_t", n_seq_max: "uint32_t", n_rs_seq: "uint32_t",
  n_outputs_max: "uint32_t", n_outputs_max_per_seq: "uint32_t", n_threads: "int32_t", n_threads_batch: "int32_t",
  ctx_type: "int", rope_scaling_type: "int", pooling_type: "int", attention_type: "int", flash_attn_type: "int",
  rope_freq_base: "float", rope_freq_scale: "float", yarn_ext_factor: "float", yarn_attn_factor: "float",
  yarn_beta_fast: "float", yarn_beta_slow: "float", yarn_orig_ctx: "uint32_t", defrag_thold: "float",
  cb_eval: "void*", cb_eval_user_data: "void*", type_k: "int", type_v: "int",
  abort_callback: "void*", abort_callback_data: "void*",
  embeddings: "bool", offload_kqv: "bool", no_perf: "bool", op_offload: "bool", swa_full: "bool", kv_unified: "bool",
  samplers: "void*", n_samplers: "size_t", ctx_other: "void*",
} as const;

const quantizeParams = {
  nthread: "int32_t", ftype: "int", output_tensor_type: "int", token_embedding_type: "int",
  allow_requantize: "bool", quantize_output_tensor: "bool", only_copy: "bool", pure: "bool", keep_split: "bool", dry_run: "bool",
  imatrix: "void*", kv_overrides: "void*", tt_overrides: "void*", prune_layers: "void*", max_buf_size: "size_t",
} as const;

const batch = {
  n_tokens: "int32_t", token: "void*", embd: "void*", pos: "void*", n_seq_id: "void*", seq_id: "void*", logits: "void*",
} as const;

/** Bytes of the key and of the value of a metadata override, the final zero included. */
export const overrideTextBytes = 128;

/** The arrays that the quantizer's parameters point to; each ends with an entry without a name. */
function quantizerArrays(koffi: Koffi): Pick<LlamaStructs, "imatrixData" | "tensorOverride" | "metadataOverride"> {
  return {
    imatrixData: koffi.struct({ name: "void*", data: "void*", size: "size_t" }),
    tensorOverride: koffi.struct({ pattern: "void*", type: "int" }),
    // The value is a union of an int64, a double, a bool and a text.
    metadataOverride: koffi.struct({ tag: "int", key: koffi.array("char", overrideTextBytes, "Typed"), value: koffi.array("int64_t", overrideTextBytes / 8, "Typed") }),
  };
}

interface Values {
  readonly "int": number;
  readonly "int32_t": number;
  readonly "uint32_t": number;
  readonly "float": number;
  readonly "size_t": number | bigint;
  readonly "bool": boolean;
  readonly "void*": Address | null;
}
type ValuesOf<Layout extends Record<string, keyof Values>> = { -readonly [Field in keyof Layout]: Values[Layout[Field]] };

export type ModelParams = ValuesOf<typeof modelParams>;
export type ContextParams = ValuesOf<typeof contextParams>;
export type QuantizerParams = ValuesOf<typeof quantizeParams>;
export type Batch = ValuesOf<typeof batch>;

export interface LlamaStructs {
  readonly modelParams: TypeObject;
  readonly contextParams: TypeObject;
  readonly quantizeParams: TypeObject;
  readonly batch: TypeObject;
  readonly imatrixData: TypeObject;
  readonly tensorOverride: TypeObject;
  readonly metadataOverride: TypeObject;
}

/** Anonymous types: koffi's names are global to the process and may be taken once only. */
export function llamaStructs(koffi: Koffi): LlamaStructs {
  return {
    modelParams: koffi.struct({ ...modelParams }),
    contextParams: koffi.struct({ ...contextParams }),
    quantizeParams: koffi.struct({ ...quantizeParams }),
    batch: koffi.struct({ ...batch }),
    ...quantizerArrays(koffi),
  };
}
