import { open, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { planFile, type PlannedFile } from "../../core/conversion/conversionPlan";
import { plannedBytes } from "../../core/conversion/plannedTensor";
import { padding } from "../../core/gguf/writer";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ConversionPlan, ConversionResult } from "../../protocol/model";
import type { ConvertParams, ConvertProgress } from "../../protocol/rpc";
import { checkFreeSpace, checkOutputIsNew, createPartial, freeSpace, placeOutput, type WritingOptions, writingFailed } from "../compression/outputPlace";
import { readGgufLayout } from "../gguf/ggufLayout";
import { openCheckpoint } from "./checkpointFolder";

/** What converting would give; nothing is written. */
export async function conversionPlan({ input, type }: ConvertParams): Promise<ConversionPlan> {
  return (await planFile(await openCheckpoint(input), type)).plan;
}

export interface ConversionOptions extends WritingOptions {
  /** Loads the written file as a trial, without its weights; throws where llama.cpp refuses it. */
  tryLoad?(path: string): Promise<unknown>;
}

/**
 * Writes params.output from a checkpoint, tensor by tensor: to a partial file in the same folder first, which takes the final name
 * only when it is whole. The checkpoint is only read.
 */
export async function convert(
  params: ConvertParams,
  onProgress: (progress: ConvertProgress) => void,
  signal: AbortSignal,
  { free = freeSpace, onPartial, tryLoad }: ConversionOptions = {},
): Promise<ConversionResult> {
  const started = performance.now();
  const file = await planFile(await openCheckpoint(params.input), params.type);
  // Whatever the output is called, it replaces no file of the checkpoint.
  await checkOutputIsNew(join(params.input, "config.json"), params.output);
  const partial = await createPartial(params.output, onPartial);
  try {
    await checkFreeSpace(params.output, file.plan.bytes, free);
    await write(partial, params.output, file, onProgress, signal);
    verify(partial, file);
    await tryLoad?.(partial).catch((error: unknown) => {
      throw new HumanError("failed", `llama.cpp does not take what was made of this checkpoint, which was deleted: ${sentenceOf(error)}`, { cause: error });
    });
    if (signal.aborted) throw HumanError.cancelled();
    await placeOutput(partial, params.output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { ...file.plan, path: params.output, seconds: (performance.now() - started) / 1000 };
}

async function write(partial: string, output: string, { header, tensors }: PlannedFile, onProgress: (progress: ConvertProgress) => void, signal: AbortSignal): Promise<void> {
  const file = await open(partial, "r+");
  const append = async (bytes: Uint8Array): Promise<void> => {
    if (signal.aborted) throw HumanError.cancelled();
    await file.write(bytes).catch((error: unknown) => {
      throw writingFailed(output, error);
    });
  };
  try {
    await append(header);
    for (const [index, tensor] of tensors.entries()) {
      const bytes = plannedBytes(tensor);
      let written = 0;
      for await (const piece of tensor.produce()) {
        await append(piece);
        written += piece.length;
      }
      if (written !== bytes) throw new Error(`${tensor.name} came out as ${written} bytes instead of ${bytes}.`);
      await append(padding(bytes));
      onProgress({ tensor: index + 1, tensors: tensors.length });
    }
    await file.sync().catch((error: unknown) => {
      throw writingFailed(output, error);
    });
  } finally {
    await file.close();
  }
}

/** Reads back what was written, as every file is read before it is used. */
function verify(partial: string, { plan }: PlannedFile): void {
  const written = readGgufLayout(partial);
  if (written.tensors.length !== plan.tensors || written.fileBytes !== plan.bytes) {
    throw new HumanError("failed", `The written file is not what it should be (${written.fileBytes} bytes instead of ${plan.bytes}, ${basename(partial)}): it was deleted. Try again.`);
  }
}
