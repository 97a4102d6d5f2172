import { createHash } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PartialFile } from "../../../../src/services/hub/partialFile";
import { never, noise, temporaryFolder } from "./fixtures";

const content = noise(3000);
const file = { path: "x.gguf", bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
let path: string;

/** What writes, in every open file. */
async function writer(): Promise<FileHandle> {
  const handle = await open(join(temporaryFolder(), "any"), "w");
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
const create = (): Promise<PartialFile> => PartialFile.open(path, file, never, { bytes: () => undefined, checking: () => undefined });

beforeEach(() => {
  path = join(temporaryFolder(), "x.gguf.download");
});
afterEach(() => vi.restoreAllMocks());

describe("a file while it comes", () => {
  it("is whole also where the system takes less at once than it is given", async () => {
    const prototype = await writer();
    const write = prototype.write as (...args: unknown[]) => Promise<{ bytesWritten: number; buffer: Uint8Array }>;
    vi.spyOn(prototype, "write").mockImplementation(function (this: unknown, ...args: unknown[]) {
      return write.call(this, args[0], args[1], Math.min(1000, args[2] as number), args[3]);
    } as never);
    const partial = await create();
    await partial.append(content);
    await partial.verify();
    await partial.close();
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it("says so where nothing more is taken", async () => {
    vi.spyOn(await writer(), "write").mockResolvedValue({ bytesWritten: 0, buffer: content } as never);
    const partial = await create();
    await expect(partial.append(content)).rejects.toThrow(/x\.gguf\.download cannot be written/);
    await partial.close();
  });

  it("is not verified when it was cut off meanwhile", async () => {
    const partial = await create();
    await partial.append(content);
    truncateSync(path, 2000);
    await expect(partial.verify()).rejects.toThrow(/did not stay as it was written \(2000 of 3000 bytes\)/);
    await partial.close();
  });

  it("goes on with what is there", async () => {
    writeFileSync(path, content.subarray(0, 1200));
    const partial = await create();
    expect(partial.bytes).toBe(1200);
    await partial.append(content.subarray(1200));
    await partial.verify();
    await partial.close();
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});
