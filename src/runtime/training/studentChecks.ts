import { freemem } from "node:os";
import { basename } from "node:path";
import { type ParsedHeader, parameterCount } from "../../core/gguf/header";
import { writtenBytes } from "../../core/gguf/writer";
import { adapterPairs } from "../../core/training/adapterFile";
import { checkFit, checkVocabularySizes } from "../../core/training/studentFit";
import { HumanError } from "../../protocol/humanError";
import type { TrainParams } from "../../protocol/compression";
import { checkOutputIsNew, createPartial } from "../compression/outputPlace";
import { rm } from "node:fs/promises";

/** Of each weight that learns: itself, its gradient and Adam's two moments, as 32-bit floats. */
const bytesPerLearner = 16;

/** Whether the student can learn in this way. Throws a HumanError. */
export function checkStudent(header: ParsedHeader, { student, adapter, settings }: TrainParams): void {
  const name = basename(student);
  checkFit(name, header, adapter, settings.context);
  const learning = adapter
    ? adapterPairs(header.tensors, adapter.targets, adapter.rank).flatMap(({ a, b }) => [a, b]).reduce((sum, tensor) => sum + writtenBytes(tensor) / 4, 0)
    : parameterCount(header);
  const [needed, free] = [bytesPerLearner * learning, freemem()];
  if (needed > free) throw new HumanError("modelTooLarge", `Training ${name} needs at least ${gigabytes(needed)} of memory, and ${gigabytes(free)} are free: ${adapter ? "take a lower rank" : "train an adapter instead"}, or close other programs.`);
}

/** Divergence is taken token by token: both must have the same ones. */
export function checkTeacher(student: ParsedHeader, teacher: ParsedHeader, { student: studentPath, teacher: teacherPath = "" }: TrainParams): void {
  const [own, theirs] = [student, teacher].map(({ metadata }) => metadata["tokenizer.ggml.tokens"]);
  const names = `${basename(studentPath)} and ${basename(teacherPath)}`;
  if (!Array.isArray(own) || !Array.isArray(theirs)) throw new HumanError("vocabularyMismatch", `${names} do not both have a vocabulary: choose a teacher that the student was made from.`);
  checkVocabularySizes(names, own.length, theirs.length);
  if (own.some((token, index) => token !== theirs[index])) throw new HumanError("vocabularyMismatch", `${names} have different vocabularies: choose a teacher that the student was made from.`);
}

/** Before hours of work: the output is a new file in a folder that can be written to. */
export async function checkOutput({ student, teacher, output }: TrainParams): Promise<void> {
  for (const input of [student, ...(teacher === undefined ? [] : [teacher])]) await checkOutputIsNew(input, output);
  await rm(await createPartial(output), { force: true });
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
