import { open, rename, rm } from "node:fs/promises";
import { ggufHeaderBytes, type MetadataEntry, padding, type WrittenTensor, writtenBytes } from "../../core/gguf/writer";
import { HumanError } from "../../protocol/humanError";
import { writingFailed } from "../compression/outputPlace";
import { TensorFile } from "../gguf/tensorFile";

/** Writes what learns as it is now: to a file of another name first, so that one of this name is always whole. Bytes written. */
export async function writeValues(
  path: string, metadata: readonly MetadataEntry[], tensors: readonly WrittenTensor[], valuesOf: (tensor: WrittenTensor) => Float32Array,
): Promise<number> {
  const partial = `${path}.new`;
  const file = await open(partial, "w");
  let bytes = 0;
  try {
    const append = async (part: Uint8Array): Promise<void> => {
      await file.write(part);
      bytes += part.length;
    };
    await append(ggufHeaderBytes({ metadata, tensors }));
    for (const tensor of tensors) {
      const values = valuesOf(tensor);
      if (!values.every(Number.isFinite)) throw new HumanError("failed", `What was learnt holds numbers that are none (at ${tensor.name}), so it was not kept: start anew with a lower learning rate.`);
      await append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      await append(padding(writtenBytes(tensor)));
    }
    await file.sync();
    await file.close();
    await rename(partial, path);
    return bytes;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error instanceof HumanError ? error : writingFailed(path, error);
  }
}

/** The tensors of such a file, one after the other. */
export async function* readValues(path: string): AsyncIterable<readonly [name: string, values: Float32Array]> {
  const file = await TensorFile.open(path);
  try {
    for (const tensor of file.header.tensors) yield [tensor.name, await valuesIn(file, tensor.name)];
  } finally {
    await file.close();
  }
}

/** All values of one F32 tensor. */
export async function valuesIn(file: TensorFile, name: string): Promise<Float32Array> {
  const tensor = file.find(name)!;
  const values = new Float32Array(tensor.bytes / 4);
  let at = 0;
  for await (const piece of file.copy(tensor)) {
    new Uint8Array(values.buffer).set(piece, at);
    at += piece.length;
  }
  return values;
}
