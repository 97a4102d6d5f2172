import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { HumanError } from "../../protocol/humanError";
import type { HubFile } from "../../protocol/hub";
import type { CancellationToken } from "../../protocol/rpc";

/** The sum that a hub gives of a file, computed as its bytes come. Without one, only the size can be wrong. */
export class Checksum {
  readonly #hash: Hash | undefined;

  constructor(private readonly file: HubFile) {
    if (file.sha256 !== undefined) this.#hash = createHash("sha256");
    else if (file.gitBlob !== undefined) this.#hash = createHash("sha1").update(`blob ${file.bytes}\0`);
  }

  add(bytes: Uint8Array): void {
    this.#hash?.update(bytes);
  }

  /** Whether all bytes were those that the hub has; asked once. */
  matches(): boolean {
    return this.#hash === undefined || this.#hash.digest("hex") === (this.file.sha256 ?? this.file.gitBlob);
  }

  /** Adds the first bytes of a file on this machine. */
  async addFile(path: string, bytes: number, token: CancellationToken): Promise<void> {
    if (bytes === 0 || this.#hash === undefined) return;
    for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 2 ** 20 })) {
      if (token.isCancellationRequested) throw HumanError.cancelled();
      this.add(chunk as Uint8Array);
    }
  }
}
