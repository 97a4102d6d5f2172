/** Files of a served repository, and what a hub tells of them. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";

export interface ServedFile {
  readonly path: string;
  /** What it holds, or the path of the file that does. */
  readonly content: Uint8Array | { readonly file: string };
  /** Kept in the large file storage: named by its SHA-256, served by another host. Large files are by themselves. */
  readonly large?: boolean;
  /** What the hub lists instead of the truth. */
  readonly listed?: { readonly bytes?: number; readonly sha256?: string };
}

/** Large files are in the large file storage by themselves. */
const largeFrom = 64 * 1024;

export function isLarge(file: ServedFile): boolean {
  return file.large ?? sizeOf(file) >= largeFrom;
}

export function sizeOf({ content }: ServedFile): number {
  return "file" in content ? statSync(content.file).size : content.length;
}

export async function* read({ content }: ServedFile, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (to < from) return;
  if ("file" in content) yield* createReadStream(content.file, { start: from, end: to });
  else for (let place = from; place <= to; place += 16_384) yield content.subarray(place, Math.min(to + 1, place + 16_384));
}

export function sha256Of(file: Pick<ServedFile, "content">): string {
  return createHash("sha256").update("file" in file.content ? readFileSync(file.content.file) : file.content).digest("hex");
}

export function gitBlobOf({ content }: ServedFile): string {
  const bytes = "file" in content ? readFileSync(content.file) : content;
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
