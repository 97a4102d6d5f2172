/** Why something cannot be quantized, each in one sentence; undefined where it can. */
import { quantLevels } from "../../core/gguf/quantLevels";
import { tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import type { QuantType } from "../../protocol/model";
import { type ImportanceMatrix, importanceOf } from "../calibration/importanceMatrix";
import type { GgufLayout } from "../gguf/ggufLayout";
import { writtenAlignment } from "./quantizedSize";
import type { QuantizerLog } from "./quantizerLog";

/** Types that weights are stored in before they are quantized. */
const sourceTypes = ["F32", "F16", "BF16", "Q8_0", "F64", "I8", "I16", "I32", "I64"];
/** Types that ggml_quantize_chunk of ggml.c, release v0.4.0, does not write: it aborts. */
const unwritable = ["F64", "I8", "I16", "I32", "I64", "Q8_1", "Q8_K"];
/** ggml_quantize_requires_imatrix of ggml.c: it aborts without one, whatever the tensor. */
const alwaysNeedy = ["IQ2_XXS", "IQ2_XS", "IQ1_S"];
/** tensor_requires_imatrix of llama-quant.cpp: the result would be garbage, but in these tensors. */
const needy = [...alwaysNeedy, "IQ3_XXS", "IQ2_S", "IQ1_M"];
const lessNeedy = ["token_embd.weight", "per_layer_token_embd.weight", "output.weight"];

export function sourceProblem(layout: GgufLayout): string | undefined {
  const parts = Number(layout.scalars.get("split.count") ?? 1);
  if (parts > 1) return `This model is split into ${parts} files: join them first (llama-gguf-split --merge).`;
  if (layout.alignment !== writtenAlignment) return `This file aligns its tensors to ${layout.alignment} bytes, which llama.cpp cannot keep when it quantizes.`;
  const small = layout.tensors.find(({ type }) => !sourceTypes.includes(type));
  if (small) return `This model is already quantized (it has ${small.type} tensors), and doing it again would add new losses to the old ones: start from its F16 or Q8_0 original.`;
  return undefined;
}

/** A Q8_0 original loses next to nothing against its F16, so llama.cpp is allowed to start from it. */
export function startsQuantized(layout: GgufLayout): boolean {
  return layout.tensors.some(({ type }) => type === "Q8_0");
}

export function isWritten(type: string): boolean {
  return tensorTypeNamed(type) !== undefined && !unwritable.includes(type);
}

/** True for types that ggml does not make without an importance matrix. */
export function cannotDoWithout(type: string): boolean {
  return alwaysNeedy.includes(type);
}

/** True for types that ggml does not make of this tensor without an importance matrix, or makes garbage. */
export function needsMatrix(type: string, name: string): boolean {
  return alwaysNeedy.includes(type) || (needy.includes(type) && !lessNeedy.includes(name));
}

/** For the type that a recipe names for a tensor. */
export function choiceProblem(layout: GgufLayout, name: string, choice: string): string | undefined {
  const tensor = layout.tensors.find((each) => each.name === name);
  if (!tensor) return `This model has no tensor ${name}.`;
  const type = tensorTypeNamed(choice);
  if (!type || (!isWritten(choice) && choice !== tensor.type)) return `${choice} is no storage type that llama.cpp writes: choose e.g. Q4_K for ${name}.`;
  if (tensorBytes(type, tensor.shape) === undefined) return `${name} has rows of ${tensor.shape[0]} weights, which do not divide into ${choice} blocks of ${type.blockSize}: choose another type for it.`;
  return undefined;
}

/** For storage types that are garbage without an importance matrix, or cannot be made at all. */
export function matrixProblem(layout: GgufLayout, types: ReadonlyMap<string, string>, level: QuantType, matrix: ImportanceMatrix | undefined): string | undefined {
  const lacking = layout.tensors.find((tensor) => {
    const { name, type: before } = tensor;
    const type = types.get(name) ?? before;
    if (type === before || importanceOf(matrix, tensor)) return false;
    return alwaysNeedy.includes(type) || (!lessNeedy.includes(name) && (needy.includes(type) || (type === "Q2_K" && level === "Q2_K_S")));
  });
  if (!lacking) return undefined;
  if (!matrix) return `${quantLevels[level].needsImatrix ? level : types.get(lacking.name)} needs an importance matrix: calibrate on your documents first.`;
  return `The importance matrix says nothing of ${lacking.name}, which ${types.get(lacking.name)} cannot do without: choose another type, or calibrate again.`;
}

export function expertsProblem(layout: GgufLayout, level: QuantType): string | undefined {
  if (level !== "MXFP4_MOE" || layout.tensors.some(({ name }) => name.includes("_exps."))) return undefined;
  return "MXFP4_MOE is for mixture-of-experts models, and this model has no experts: choose Q8_0 or Q4_K_M.";
}

/** For a level that llama.cpp refuses outright. */
export function failureSentence(type: QuantType, log: QuantizerLog): string {
  const reason = log.failure ?? "without saying why";
  if (/no tensor type fallback/.test(reason)) return `${type} does not fit this model: some of its rows do not divide into the level's blocks. Choose another level.`;
  if (/unknown (model )?architecture|unknown pre-tokenizer/.test(reason)) return `This release of llama.cpp does not know the model's architecture (${reason}).`;
  if (/iostream error|No space left/i.test(reason)) return "Writing failed: the disk is full or was taken away. Make room and try again.";
  return `llama.cpp cannot make ${type} of this model (${reason}).`;
}
