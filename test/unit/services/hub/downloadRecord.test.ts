import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type DownloadRecord, recordPathOf, writeRecord } from "../../../../src/services/hub/downloadRecord";
import { temporaryFolder } from "./fixtures";

const record: DownloadRecord = { version: 1, repository: "a/b", revision: "0".repeat(40), label: "Q8_0", files: [] };

it("leaves nothing of a record that cannot be written, and says what is in the way", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(recordPathOf(join(folder, "m.gguf")), "in the way"), { recursive: true });
  await expect(writeRecord(join(folder, "m.gguf"), record)).rejects.toMatchObject({ code: "notWritable" });
  expect(readdirSync(folder)).toEqual(["m.gguf.download.json"]);
  writeFileSync(join(folder, "file"), "");
  for (const below of ["file/m.gguf", "file/inner/m.gguf"]) {
    await expect(writeRecord(join(folder, below), record)).rejects.toThrow(/^.* cannot be made, as a file is in the way: choose a folder\.$/);
  }
});
