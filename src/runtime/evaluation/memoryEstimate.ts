import { tiedBytes } from "../../core/fit/memory";
import { HumanError } from "../../protocol/humanError";
import type { CacheType, MemoryNeed } from "../../protocol/model";
import type { MemoryParams } from "../../protocol/rpc";
import { openNativeLibrary } from "../ffi/library";
import { onWorker } from "../ffi/worker";
import { readGgufLayout } from "../gguf/ggufLayout";
import { failedToLoad, listenForLoad } from "./loadLog";

/** Numbers of `ggml_type`. */
const ggmlTypes: Readonly<Record<CacheType, number>> = { F16: 1, Q8_0: 8, Q4_0: 2 };
/** LLAMA_FLASH_ATTN_TYPE_ENABLED. The library may choose, but quantized values need it. */
const flashAttention = 1;

/**
 * What llama.cpp would allocate to run a file on the CPU, without reading its weights. Cache and compute buffers come
 * from its own simulation (`no_alloc`), to a hundredth of a MiB each; the weights, of which a simulation says nothing, are
 * the tensors' bytes, and a tied embedding twice where weights are arranged for the processor. A file that is mapped instead of
 * read may add pages of its own, which the system takes back when it needs them.
 */
export async function estimateMemory({ path, context, cacheType }: MemoryParams): Promise<MemoryNeed> {
  if (!Number.isInteger(context) || context < 1) throw new HumanError("badArgument", "The context must be at least 1 token.");
  const layout = readGgufLayout(path);
  const { llama, log } = openNativeLibrary();
  const heard = listenForLoad(log);
  try {
    const model = await onWorker(llama.loadModel, path, { ...llama.modelDefaultParams(), n_gpu_layers: 0, load_mode: 0, no_alloc: true });
    if (model === null) throw failedToLoad(path, heard.reasons);
    try {
      const type = ggmlTypes[cacheType];
      const quantized = cacheType === "F16" ? {} : { flash_attn_type: flashAttention };
      const made = await onWorker(llama.newContext, model, { ...llama.contextDefaultParams(), n_ctx: context, type_k: type, type_v: type, ...quantized });
      if (made === null) throw failedToLoad(path, heard.reasons);
      llama.freeContext(made);
    } finally {
      llama.freeModel(model);
    }
  } finally {
    heard.stop();
  }
  const { cache, compute } = heard.sizes.need;
  const twice = heard.sizes.rearranged ? tiedBytes(layout.tensors) : 0;
  const weights = layout.tensors.reduce((sum, { bytes }) => sum + bytes, twice);
  return { weights, cache, compute };
}
