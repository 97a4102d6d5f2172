import { quantLevels } from "../../core/gguf/quantLevels";
import type { TensorInfo } from "../../core/gguf/header";
import { tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import { HumanError } from "../../protocol/humanError";
import type { QuantSize, QuantType } from "../../protocol/model";
import type { NativeLibrary } from "../ffi/library";
import { onWorker } from "../ffi/worker";
import type { GgufLayout } from "../gguf/ggufLayout";
import { QuantizerLog } from "./quantizerLog";

/** The writer pads tensors to GGUF_DEFAULT_ALIGNMENT, whatever the input's alignment. */
const alignment = 32;
/** Bytes of a metadata entry with a 32-bit value besides its key: key length, type, value. */
const uint32Entry = 8 + 4 + 4;

/** Why nothing can be quantized from this file; undefined when it can. One sentence. */
export function sourceProblem(layout: GgufLayout): string | undefined {
  const parts = Number(layout.scalars.get("split.count") ?? 1);
  if (parts > 1) return `This model is split into ${parts} files: join them first (llama-gguf-split --merge).`;
  if (layout.alignment !== alignment) return `This file aligns its tensors to ${layout.alignment} bytes, which llama.cpp cannot keep when it quantizes.`;
  const small = layout.tensors.find(({ type }) => !["F32", "F16", "BF16", "Q8_0", "F64", "I8", "I16", "I32", "I64"].includes(type));
  if (small) return `This model is already quantized (it has ${small.type} tensors), and doing it again would add new losses to the old ones: start from its F16 or Q8_0 original.`;
  return undefined;
}

/** A Q8_0 original loses next to nothing against its F16, so llama.cpp is allowed to start from it. */
export function startsQuantized(layout: GgufLayout): boolean {
  return layout.tensors.some(({ type }) => type === "Q8_0");
}

/** What llama.cpp would make of the file at this level, by its own dry run; nothing is written. */
export async function quantizedSize(library: NativeLibrary, input: string, layout: GgufLayout, type: QuantType): Promise<QuantSize> {
  const log = new QuantizerLog();
  const stop = library.log.listen((line) => log.hear(line));
  try {
    const params = library.llama.quantizeDefaultParams();
    Object.assign(params, { nthread: 1, ftype: quantLevels[type].ftype, dry_run: true, allow_requantize: startsQuantized(layout) });
    const failed = (await onWorker(library.llama.quantize, input, "", params)) !== 0;
    if (failed) return { type, bytes: 0, bitsPerWeight: 0, fallbacks: 0, problem: failureSentence(type, log) };
  } finally {
    stop();
  }
  const tensors = layout.tensors.map((tensor) => ({ tensor, bytes: bytesAs(tensor, log.newTypes.get(tensor.name)) }));
  const weights = layout.tensors.reduce((sum, tensor) => sum + weightsOf(tensor), 0);
  return {
    type,
    bytes: tensors.reduce((sum, { bytes }) => sum + padded(bytes), headerBytes(layout)),
    bitsPerWeight: (8 * tensors.reduce((sum, { bytes }) => sum + bytes, 0)) / weights,
    fallbacks: log.fallbacks,
    problem: levelProblem(type, layout, log),
  };
}

/** The header that llama.cpp writes: the input's metadata with its own two entries set, and the same tensors. */
function headerBytes(layout: GgufLayout): number {
  const entries = new Map(layout.entryBytes);
  for (const key of ["split.no", "split.count", "split.tensors.count"]) entries.delete(key);
  for (const key of ["general.quantization_version", "general.file_type"]) entries.set(key, key.length + uint32Entry);
  const metadata = [...entries.values()].reduce((sum, bytes) => sum + bytes, 0);
  const tensors = layout.tensors.reduce((sum, tensor) => sum + tensorEntryBytes(tensor), 0);
  return padded(4 + 4 + 8 + 8 + metadata + tensors);
}

/** Name, number of dimensions, dimensions, type, offset. Trailing dimensions of 1 are not written. */
function tensorEntryBytes({ name, shape }: TensorInfo): number {
  const dimensions = Math.max(1, shape.findLastIndex((size) => size !== 1) + 1);
  return 8 + Buffer.byteLength(name) + 4 + 8 * dimensions + 4 + 8;
}

function bytesAs(tensor: TensorInfo, typeName: string | undefined): number {
  if (typeName === undefined) return tensor.bytes;
  const type = tensorTypeNamed(typeName);
  const bytes = type && tensorBytes(type, tensor.shape);
  if (bytes === undefined) throw new HumanError("failed", `llama.cpp would store ${tensor.name} as ${typeName}, which Decant cannot size.`);
  return bytes;
}

function weightsOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function levelProblem(type: QuantType, layout: GgufLayout, log: QuantizerLog): string | undefined {
  if (log.needsImatrix) return `${type} needs an importance matrix, which Decant cannot make yet: choose Q4_K_M, Q3_K_M or Q2_K instead.`;
  if (type === "MXFP4_MOE" && !layout.tensors.some(({ name }) => name.includes("_exps."))) {
    return "MXFP4_MOE is for mixture-of-experts models, and this model has no experts: choose Q8_0 or Q4_K_M.";
  }
  return undefined;
}

/** For a level that llama.cpp refuses outright. */
export function failureSentence(type: QuantType, log: QuantizerLog): string {
  const reason = log.failure ?? "without saying why";
  if (/no tensor type fallback/.test(reason)) return `${type} does not fit this model: some of its rows do not divide into the level's blocks. Choose another level.`;
  if (/unknown (model )?architecture|unknown pre-tokenizer/.test(reason)) return `This release of llama.cpp does not know the model's architecture (${reason}).`;
  if (/iostream error|No space left/i.test(reason)) return "Writing failed: the disk is full or was taken away. Make room and try again.";
  return `llama.cpp cannot make ${type} of this model (${reason}).`;
}
