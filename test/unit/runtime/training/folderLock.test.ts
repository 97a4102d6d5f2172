import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FolderLock } from "../../../../src/runtime/training/folderLock";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "decant-lock-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("lets one training have a folder, and the next one after it", async () => {
  const lock = await FolderLock.take(folder);
  await expect(FolderLock.take(folder)).rejects.toMatchObject({ code: "badArgument", message: expect.stringMatching(new RegExp(`Another training \\(process ${process.pid}\\) .*wait`)) as string });
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
  await (await FolderLock.take(folder)).release();
});

it("is refused by another process that lives", async () => {
  writeFileSync(join(folder, "lock.json"), JSON.stringify({ pid: process.ppid, started: 1 }));
  await expect(FolderLock.take(folder)).rejects.toMatchObject({ message: expect.stringMatching(`process ${process.ppid}`) as string });
});

it.each([
  ["a process that is gone", (): string => JSON.stringify({ pid: spawnSync(process.execPath, ["-e", ""]).pid, started: 1 })],
  ["an earlier process of the same number", (): string => JSON.stringify({ pid: process.pid, started: 1 })],
  ["nobody", (): string => "{"],
])("is taken from %s", async (_, text) => {
  writeFileSync(join(folder, "lock.json"), text());
  await (await FolderLock.take(folder)).release();
  expect(readdirSync(folder)).toEqual([]);
});
