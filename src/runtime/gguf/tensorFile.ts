import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { ParsedHeader, TensorInfo } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import { readHeader } from "./headerFile";

/** Bytes read at once, where a row is not longer. */
const pieceBytes = 4 * 2 ** 20;

/** A run of rows of a tensor: those of all its planes (experts) are counted through. */
export interface RowRange {
  readonly first: number;
  readonly rows: number;
}

/** A GGUF file whose tensors are read piece by piece. */
export class TensorFile {
  private constructor(
    readonly path: string,
    /** With all metadata. */
    readonly header: ParsedHeader,
    private readonly handle: FileHandle,
  ) {}

  static async open(path: string): Promise<TensorFile> {
    const header = readHeader(path);
    return new TensorFile(path, header, await open(path, "r"));
  }

  find(name: string): TensorInfo | undefined {
    return this.header.tensors.find((tensor) => tensor.name === name);
  }

  /** The bytes of rows as they lie in the file. */
  async read(tensor: TensorInfo, { first, rows }: RowRange): Promise<Buffer> {
    const rowBytes = tensor.bytes / rowsOf(tensor);
    const bytes = Buffer.allocUnsafe(rows * rowBytes);
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, this.header.dataOffset + tensor.offset + first * rowBytes);
    if (bytesRead !== bytes.length) throw new HumanError("truncated", `${basename(this.path)} ends inside of ${tensor.name}: it was changed or cut off while it was read.`);
    return bytes;
  }

  /** The whole tensor as it lies in the file, a few megabytes at a time. */
  async *copy(tensor: TensorInfo): AsyncIterable<Uint8Array> {
    for (const range of ranges(tensor)) yield await this.read(tensor, range);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Rows of a tensor of any number of dimensions. */
export function rowsOf({ shape }: { readonly shape: readonly number[] }): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** All rows, in runs of at most `bytes` (of 32-bit floats or as they lie in the file, whichever is more), at least one row each. */
export function* ranges(tensor: TensorInfo, bytes = pieceBytes): Generator<RowRange> {
  const all = rowsOf(tensor);
  const rowBytes = Math.max(4 * (tensor.shape[0] ?? 1), tensor.bytes / all);
  const step = Math.max(1, Math.floor(bytes / rowBytes));
  for (let first = 0; first < all; first += step) yield { first, rows: Math.min(step, all - first) };
}
