import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sentenceOf } from "../../../src/protocol/humanError";
import { readGgufFile, readGgufSummary } from "../../../src/services/ggufFile";
import { ggufHeaderBytes } from "../../../src/core/gguf/writer";
import { ggufBytes } from "../ggufBytes";

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "decant-gguf-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("reads a header as it is now: changed, damaged, gone", async () => {
  const path = join(folder, "a.gguf");
  const write = (name: string) => writeFileSync(path, ggufBytes({ "general.architecture": "llama", "general.name": name }, [{ name: "a", shape: [8, 8] }]));
  write("one");
  expect((await readGgufFile(path)).header.metadata["general.name"]).toBe("one");
  write("two");
  expect((await readGgufFile(path)).header.metadata["general.name"]).toBe("two");
  writeFileSync(path, "no model");
  await expect(readGgufFile(path)).rejects.toThrow("is not a GGUF file");
  rmSync(path);
  await expect(readGgufFile(path)).rejects.toThrow("There is no file");
});

const tokens = Array.from({ length: 30_000 }, (_, index) => `token ${index}`);
const header = ggufHeaderBytes({ metadata: [{ key: "tokens", type: "array", element: "string", value: tokens }, { key: "last", type: "u8", value: 7 }], tensors: [{ name: "a", type: "F32", shape: [8] }] });
const whole = Buffer.concat([header, Buffer.alloc(32)]);

it("folds long lists in a summary, and tells there what keeps a file from being used", async () => {
  const path = join(folder, "long.gguf");
  writeFileSync(path, whole);
  const { header: summary, bytes } = await readGgufSummary(path);
  expect(bytes).toBe(whole.length);
  expect(summary.metadata).toMatchObject({ tokens: { kind: "folded", length: 30_000, first: tokens.slice(0, 8) }, last: 7 });
  expect((await readGgufFile(path)).header.metadata).toEqual({ tokens, last: 7 });
  truncateSync(path, whole.length - 1);
  expect((await readGgufSummary(path)).header.problem).toMatchObject({ code: "truncated" });
  await expect(readGgufFile(path)).rejects.toThrow("The file is cut off");
});

it("tells a file that changes while it is read", async () => {
  const path = join(folder, "growing.gguf");
  writeFileSync(path, whole);
  let reading = true;
  const outcome = readGgufSummary(path).then(() => "read", sentenceOf).finally(() => { reading = false; });
  while (reading) {
    appendFileSync(path, "x");
    await new Promise(setImmediate);
  }
  expect(await outcome).toBe("growing.gguf changed while it was read: try again when it is written.");
});

it.skipIf(process.platform === "win32")("does not wait at a pipe under a model's name", async () => {
  const path = join(folder, "pipe.gguf");
  execFileSync("mkfifo", [path]);
  await expect(readGgufFile(path)).rejects.toThrow("pipe.gguf is not a file.");
});
