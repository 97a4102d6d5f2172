import { lstat, mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { HubFile } from "../../protocol/hub";
import type { CancellationToken } from "../../protocol/rpc";
import { Checksum } from "./checksum";
import { diskFailure } from "./diskFailure";
import { HubError } from "./hubError";
import { blocked } from "./placing";

export interface PartialReport {
  /** So many bytes of the file are there. */
  bytes(bytes: number): void;
  /** What is there is being read. */
  checking(): void;
}

/** A file while it comes: what is there of it, its sum so far, and where the next bytes go. */
export class PartialFile {
  #bytes = 0;
  #checksum: Checksum;

  private constructor(
    readonly path: string,
    private readonly file: HubFile,
    private readonly handle: FileHandle,
    private readonly report: PartialReport,
  ) {
    this.#checksum = new Checksum(file);
  }

  /** Goes on with what is there, once that was read. */
  static async open(path: string, file: HubFile, token: CancellationToken, report: PartialReport): Promise<PartialFile> {
    const handle = await create(path);
    const partial = new PartialFile(path, file, handle, report);
    try {
      await partial.#readOn(token);
      return partial;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes of the file that are there. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (this.#bytes + chunk.length > this.file.bytes) {
      throw new HubError("spoiled", `More came of ${basename(this.file.path)} than the ${this.file.bytes} bytes that the hub lists: what came was deleted.`);
    }
    await this.#write(chunk).catch((error: unknown) => {
      throw diskFailure(this.path, error);
    });
    this.#checksum.add(chunk);
    this.#moveTo(this.#bytes + chunk.length);
  }

  /** Begins anew. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.#checksum = new Checksum(this.file);
    this.#moveTo(0);
  }

  /** To be asked once, when all bytes are there. */
  async verify(): Promise<void> {
    const { size } = await this.handle.stat();
    if (size !== this.file.bytes) throw new HubError("spoiled", `${this.path} did not stay as it was written (${size} of ${this.file.bytes} bytes): it was deleted. Another program may have changed it, or the disk fails.`);
    if (this.#checksum.matches()) return this.handle.sync();
    throw new HubError("spoiled", `What came of ${basename(this.file.path)} is not what the hub has (its checksum differs): it was deleted. Download it again; if that happens again, something on the way changes it.`);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  async #readOn(token: CancellationToken): Promise<void> {
    const { size } = await this.handle.stat();
    if (size > this.file.bytes) return this.restart();
    if (size > 0) this.report.checking();
    await this.#checksum.addFile(this.path, size, token);
    this.#moveTo(size);
  }

  /** A system may take less at once than it is given. */
  async #write(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.handle.write(chunk, done, chunk.length - done, this.#bytes + done);
      if (bytesWritten === 0) throw new Error("nothing more is taken");
      done += bytesWritten;
    }
  }

  #moveTo(bytes: number): void {
    this.#bytes = bytes;
    this.report.bytes(bytes);
  }
}

/** What is there is gone on with; a link in its place would lead the bytes somewhere else. */
async function create(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const status = await lstat(path).catch(() => undefined);
    if (status && !status.isFile()) throw blocked(path);
    return await open(path, status ? "r+" : "wx+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw blocked(path);
    throw diskFailure(path, error);
  }
}

export function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
