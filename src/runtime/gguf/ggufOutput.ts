import { type FileHandle, open, rm } from "node:fs/promises";
import { basename } from "node:path";
import { dataBytes, defaultAlignment, ggufHeaderBytes, padding, writtenBytes, type WrittenHeader, type WrittenTensor } from "../../core/gguf/writer";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { checkFreeSpace, checkOutputIsNew, createPartial, freeSpace, placeOutput, type WritingOptions, writingFailed } from "../compression/outputPlace";
import { readGgufLayout } from "./ggufLayout";

/** A tensor that knows its bytes. */
export interface ProducedTensor extends WrittenTensor {
  /** Its bytes in the file, piece after piece: none is larger than a few megabytes. */
  produce(): AsyncIterable<Uint8Array>;
}

/** The header of a file and where its tensors come from. */
export interface ProducedFile extends WrittenHeader {
  readonly tensors: readonly ProducedTensor[];
}

export interface TensorProgress {
  readonly tensor: number;
  readonly tensors: number;
}

export interface OutputOptions extends WritingOptions {
  /** Loads the written file as a trial; throws where llama.cpp refuses it. */
  tryLoad?(path: string): Promise<unknown>;
}

/** Bytes that the whole file will have. */
export function producedBytes(file: WrittenHeader): number {
  return ggufHeaderBytes(file).length + dataBytes(file.tensors, file.alignment);
}

/**
 * Writes a GGUF file tensor by tensor: to a partial file beside `output` first, which is read back (and loaded as a trial) before
 * it takes the final name. `inputs` are the files it is made from: none is ever overwritten. A run that fails leaves nothing behind.
 */
export async function writeGguf(
  output: string,
  inputs: readonly string[],
  file: ProducedFile,
  onProgress: (progress: TensorProgress) => void,
  signal: AbortSignal,
  { free = freeSpace, onPartial, tryLoad }: OutputOptions = {},
): Promise<{ readonly bytes: number }> {
  const bytes = producedBytes(file);
  for (const input of inputs) await checkOutputIsNew(input, output);
  const partial = await createPartial(output, onPartial);
  try {
    await checkFreeSpace(output, bytes, free);
    await write(partial, output, file, onProgress, signal);
    verify(partial, file, bytes);
    await tryLoad?.(partial).catch((error: unknown) => {
      throw new HumanError("failed", `llama.cpp does not take what was made, which was deleted: ${sentenceOf(error)}`, { cause: error });
    });
    if (signal.aborted) throw HumanError.cancelled();
    await placeOutput(partial, output);
    return { bytes };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function write(partial: string, output: string, file: ProducedFile, onProgress: (progress: TensorProgress) => void, signal: AbortSignal): Promise<void> {
  const { tensors, alignment = defaultAlignment } = file;
  const handle = await open(partial, "r+");
  try {
    await append(handle, ggufHeaderBytes(file));
    for (const [index, tensor] of tensors.entries()) {
      const bytes = writtenBytes(tensor);
      let written = 0;
      for await (const piece of tensor.produce()) {
        await append(handle, piece);
        written += piece.length;
      }
      if (written !== bytes) throw new Error(`${tensor.name} came out as ${written} bytes instead of ${bytes}.`);
      await append(handle, padding(bytes, alignment));
      onProgress({ tensor: index + 1, tensors: tensors.length });
    }
    await handle.sync().catch((error: unknown) => {
      throw writingFailed(output, error);
    });
  } finally {
    await handle.close();
  }

  async function append(to: FileHandle, bytes: Uint8Array): Promise<void> {
    if (signal.aborted) throw HumanError.cancelled();
    await to.write(bytes).catch((error: unknown) => {
      throw writingFailed(output, error);
    });
  }
}

/** Reads back what was written, as every file is read before it is used. */
function verify(partial: string, { tensors }: ProducedFile, bytes: number): void {
  const written = readGgufLayout(partial);
  if (written.tensors.length !== tensors.length || written.fileBytes !== bytes) {
    throw new HumanError("failed", `The written file is not what it should be (${written.fileBytes} bytes instead of ${bytes}, ${basename(partial)}): it was deleted. Try again.`);
  }
}
