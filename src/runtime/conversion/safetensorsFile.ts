import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { SourceTensor } from "../../core/conversion/checkpoint";
import { parseSafetensors, type SafetensorsEntry } from "../../core/conversion/safetensors";
import { HumanError } from "../../protocol/humanError";
import { openFile } from "./boundedFile";

/** One read of the system takes at most 2 GiB. */
const mostAtOnce = 2 ** 30;

/** The tensors of a .safetensors file; their weights are read when they are asked for. */
export async function openSafetensors(path: string): Promise<readonly SourceTensor[]> {
  const name = basename(path);
  return withFile(path, async (file) => {
    const { size, mtimeMs } = await file.stat();
    let read = parseSafetensors(new Uint8Array(0), size, name);
    while ("needs" in read) read = parseSafetensors(await readRange(file, 0, read.needs), size, name);
    return read.map((entry) => sourceTensor(path, entry, { size, mtimeMs }));
  });
}

function sourceTensor(path: string, { name, dtype, shape, start, end }: SafetensorsEntry, before: { readonly size: number; readonly mtimeMs: number }): SourceTensor {
  return {
    name,
    dtype,
    shape,
    bytes: end - start,
    read: (from = 0, to = end - start) => withFile(path, async (file) => {
      const { size, mtimeMs } = await file.stat();
      if (size !== before.size || mtimeMs !== before.mtimeMs) throw new HumanError("notReadable", `${basename(path)} changed while it was read: wait until it is whole, and try again.`);
      return readRange(file, start + from, Math.min(start + to, end));
    }),
  };
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(mostAtOnce, bytes.length - done), start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
