import { basename } from "node:path";
import type { TensorInfo } from "../../core/gguf/header";
import { tensorPlace } from "../../core/gguf/tensorNames";
import type { TensorFile } from "../gguf/tensorFile";

const plain: readonly string[] = ["F32", "F16", "BF16", "F64"];

/** What an extracted adapter leaves out, and what it holds that nobody meant. */
export function extractionNotes(base: TensorFile, tuned: TensorFile, left: readonly TensorInfo[]): readonly string[] {
  const notes = [base, tuned].flatMap((file) => {
    const types = new Set(file.header.tensors.filter(({ type, shape }) => shape.length > 1 && !plain.includes(type)).map(({ type }) => type));
    return types.size === 0 ? [] : [`${basename(file.path)} is quantized (${[...types].join(", ")}): its rounding errors are part of the difference.`];
  });
  if (left.length === 0) return notes;
  const roles = new Map<string, number>();
  for (const { name } of left) roles.set(tensorPlace(name).role, (roles.get(tensorPlace(name).role) ?? 0) + 1);
  const named = [...roles].map(([role, count]) => (count === 1 ? role : `${count} × ${role}`)).join(", ");
  return [...notes, `Left out, because no adapter that llama.cpp applies can hold them: ${left.length} tensors that differ as well (${named}).`];
}
