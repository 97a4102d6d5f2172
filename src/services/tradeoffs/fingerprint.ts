import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";

/** Pieces that are read of a large file, and their length in bytes: 16 MiB in all. */
const pieces = 64;
const pieceBytes = 256 * 1024;

const known = new Map<string, Promise<string>>();

/**
 * Names the content of a model file: the SHA-256, in hexadecimal, of its length and of 64 pieces spread evenly over it, the
 * first and the last among them; of a file that is not larger, of all of it. Reading 16 GB to the end would take a minute.
 */
export async function fingerprint(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path}\n${size}\n${mtimeMs}`;
  const found = known.get(key) ?? read(path, size);
  known.set(key, found);
  return found.catch((error: unknown) => {
    known.delete(key);
    throw error;
  });
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function read(path: string, size: number): Promise<string> {
  const hash = createHash("sha256").update(String(size));
  if (size <= pieces * pieceBytes) return hash.update(await readFile(path)).digest("hex");
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(pieceBytes);
    for (let piece = 0; piece < pieces; piece++) {
      const position = Math.floor((piece * (size - pieceBytes)) / (pieces - 1));
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}
