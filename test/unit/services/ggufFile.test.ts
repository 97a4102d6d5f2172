import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readGgufFile } from "../../../src/services/ggufFile";
import { ggufBytes } from "../ggufBytes";

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "decant-gguf-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("reads a header once, and again when the file has changed or is damaged", async () => {
  const path = join(folder, "a.gguf");
  const write = (name: string) => writeFileSync(path, ggufBytes({ "general.architecture": "llama", "general.name": name }, [{ name: "a", shape: [8, 8] }]));
  write("one");
  const first = await readGgufFile(path);
  expect(await readGgufFile(path)).toBe(first);
  write("another");
  const second = await readGgufFile(path);
  expect(second).not.toBe(first);
  expect(second.header.metadata["general.name"]).toBe("another");
  writeFileSync(path, "no model");
  await expect(readGgufFile(path)).rejects.toThrow("is not a GGUF file");
  rmSync(path);
  await expect(readGgufFile(path)).rejects.toThrow("There is no file");
});
