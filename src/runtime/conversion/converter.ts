import { join } from "node:path";
import { planFile } from "../../core/conversion/conversionPlan";
import type { ConversionPlan, ConversionResult } from "../../protocol/model";
import type { ConvertParams, ConvertProgress } from "../../protocol/rpc";
import { type OutputOptions, writeGguf } from "../gguf/ggufOutput";
import { openCheckpoint } from "./checkpointFolder";

/** What converting would give; nothing is written. */
export async function conversionPlan({ input, type }: ConvertParams): Promise<ConversionPlan> {
  return (await planFile(await openCheckpoint(input), type)).plan;
}

/**
 * Writes params.output from a checkpoint, tensor by tensor: to a partial file in the same folder first, which takes the final name
 * only when it is whole. The checkpoint is only read.
 */
export async function convert(
  params: ConvertParams,
  onProgress: (progress: ConvertProgress) => void,
  signal: AbortSignal,
  options: OutputOptions = {},
): Promise<ConversionResult> {
  const started = performance.now();
  const file = await planFile(await openCheckpoint(params.input), params.type);
  // Whatever the output is called, it replaces no file of the checkpoint.
  await writeGguf(params.output, [join(params.input, "config.json")], file, onProgress, signal, options);
  return { ...file.plan, path: params.output, seconds: (performance.now() - started) / 1000 };
}
