import type { HubChoice } from "../../protocol/hub";
import type { Machine, MemoryNeed, ModelShape } from "../../protocol/model";
import { memoryNeed } from "../fit/memory";
import { placementOf } from "../fit/placement";

/**
 * What a model of so many bytes needs besides its weights while nothing of its shape is known: an eighth of them for the
 * cache, and compute buffers for a vocabulary of 128k tokens. Llama 3 8B at Q4_K_M and 4096 tokens has 512 of 4900 MB and 280 MB.
 */
const roughCacheShare = 1 / 8;
const roughCompute = 280e6;
/** Blocks of most models of 7 to 8 billion weights; they only decide how layers are counted on a GPU. */
const roughBlocks = 32;

/** Whether a choice runs on a machine with a context of so many tokens: exact where its header was read, else from its size. */
export function fitted(choice: HubChoice, machine: Machine | undefined, context: number): HubChoice {
  const { header, role } = choice;
  const shape = role === "model" ? header?.shape : undefined;
  const memory = header && shape && memoryNeed(weightsOf(choice), shape, Math.min(context, header.contextLength || context));
  const fit = machine && machine.totalMemory > 0 ? placementOf(memory ?? roughNeed(choice), shape?.blocks ?? roughBlocks, machine).fit : undefined;
  return { ...choice, ...(memory && { memory }), ...(fit && { fit }) };
}

/** The same for another level of one base, whose own header was not read: only the weights differ. */
export function fittedLike(choice: HubChoice, shape: ModelShape, contextLength: number, machine: Machine | undefined, context: number): HubChoice {
  if (choice.role !== "model" || choice.header) return fitted(choice, machine, context);
  const memory = memoryNeed(weightsOf(choice), shape, Math.min(context, contextLength || context));
  const fit = machine && machine.totalMemory > 0 ? placementOf(memory, shape.blocks, machine).fit : undefined;
  return { ...choice, memory, ...(fit && { fit }) };
}

/** Bytes of the weights: told by the header, else all but the tokenizer of a checkpoint. */
function weightsOf({ header, files, format, bytes }: HubChoice): number {
  if (header && header.parameters > 0) return (header.bitsPerWeight * header.parameters) / 8;
  return format === "gguf" ? bytes : files.filter(({ path }) => /\.safetensors$/i.test(path)).reduce((sum, file) => sum + file.bytes, 0);
}

function roughNeed(choice: HubChoice): MemoryNeed {
  const weights = weightsOf(choice);
  return choice.role === "model" ? { weights, cache: weights * roughCacheShare, compute: roughCompute } : { weights, cache: 0, compute: 0 };
}
