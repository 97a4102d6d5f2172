import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readTextFile } from "../../../src/cli/textFile";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-text-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a text file", () => {
  it.each([
    ["UTF-8", Buffer.from("§ 1 Fees")],
    ["UTF-8 with a byte order mark", Buffer.from("\ufeff§ 1 Fees")],
    ["UTF-16, little end first", Buffer.from("\ufeff§ 1 Fees", "utf16le")],
    ["UTF-16, big end first", Buffer.from("\ufeff§ 1 Fees", "utf16le").swap16()],
  ])("in %s is read as the editor reads it, so that offsets are the same", async (_, bytes) => {
    const path = join(folder, "a.txt");
    writeFileSync(path, bytes);
    expect(await readTextFile(path)).toBe("§ 1 Fees");
  });

  it("is refused where it is none", async () => {
    const path = join(folder, "a.bin");
    writeFileSync(path, Buffer.from([1, 0, 2]));
    await expect(readTextFile(path)).rejects.toThrow("is not a text file");
    await expect(readTextFile(join(folder, "none.txt"))).rejects.toThrow("There is no file");
  });
});
