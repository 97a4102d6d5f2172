import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Command, Services } from "../../../src/cli/command";
import { diff } from "../../../src/cli/diff";
import { inspect } from "../../../src/cli/inspect";
import { excerpt, excerpts } from "../../../src/cli/shownValue";
import { HumanError, sentenceOf } from "../../../src/protocol/humanError";
import { CancellationTokenSource } from "../../../src/protocol/rpc";
import { ggufBytes } from "../ggufBytes";

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "decant-cli-inspect-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, title: string): string {
  const path = join(folder, name);
  writeFileSync(path, ggufBytes({ "general.architecture": "llama", "general.name": title, "general.file_type": 0 }, [{ name: "token_embd.weight", shape: [4, 2] }]));
  return path;
}

/** What the command prints, then the sentence that it fails with. */
async function run(command: Command, positionals: readonly string[], json = false): Promise<string> {
  const printed: string[] = [];
  const output = { result: (text: string) => void printed.push(text), progress: () => undefined, line: () => undefined, live: false };
  try {
    await command.run({ positionals, options: {}, json, services: {} as Services, output, token: new CancellationTokenSource().token });
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    printed.push(`! ${sentenceOf(error)}`);
  }
  return printed.join("\n");
}

describe("inspect", () => {
  it("prints metadata and tensors, for people and as JSON", async () => {
    const path = write("Tiny-F32.gguf", "red\u001b[31m name");
    const text = await run(inspect, [path]);
    expect(text).toMatch(/^Tiny: F32, 0\.3 KiB, 32\.00 bits per weight, GGUF version 3\n/);
    expect(text).toContain("red [31m name");
    expect(text).toMatch(/token_embd\.weight +F32 +4 × 2 +0\.0 KiB +32\.00/);
    expect(JSON.parse(await run(inspect, [path], true))).toMatchObject({
      path, type: "F32", version: 3, bigEndian: false, bitsPerWeight: 32, alignment: 32,
      metadata: { "general.architecture": "llama", "general.file_type": 0 },
      types: { "general.file_type": "u32" },
      tensors: [{ name: "token_embd.weight", type: "F32", shape: [4, 2], bytes: 32, offset: 0, block: -1, role: "token_embd", bitsPerWeight: 32 }],
    });
  });

  it("prints what can be read of a file that is cut off, and fails", async () => {
    const path = write("cut.gguf", "cut");
    truncateSync(path, ggufBytes({ "general.architecture": "llama", "general.name": "cut", "general.file_type": 0 }, [{ name: "token_embd.weight", shape: [4, 2] }]).length - 1);
    expect(await run(inspect, [path])).toMatch(/token_embd\.weight[^]*! The file is cut off/);
    expect(await run(inspect, [write("part-00001-of-00002.gguf", "part")])).toMatch(/ in 1 of 2 parts, [^]*! 1 of 2 parts are here: part 2 is missing/);
    expect(await run(inspect, [join(folder, "none.gguf")])).toMatch(/^! There is no file at/);
  });
});

describe("diff", () => {
  it("prints what differs", async () => {
    const [a, b] = [write("a.gguf", "one"), write("b.gguf", "two")];
    const text = await run(diff, [a, b]);
    expect(text).toMatch(/^First: a\.gguf, F32, .*\nSecond: b\.gguf/);
    expect(text).toMatch(/general\.name +one +two/);
    expect(text).toMatch(/Different: 1 metadata entries, 0 tensors\. The same: 2 metadata entries, 1 tensors\.$/);
    expect(JSON.parse(await run(diff, [a, b], true))).toMatchObject({ metadata: [{ key: "general.name", first: { text: "one" } }], tensors: [], same: { metadata: 2, tensors: 1 } });
    expect(await run(diff, [a])).toBe("! Say which two files: diff FILE OTHER.");
  });
});

it("cuts long texts to where they differ, and keeps a terminal from obeying them", () => {
  const same = "x".repeat(100);
  expect(excerpts(`${same}1 and`, `${same}2`, 20)).toEqual([`…${"x".repeat(5)}1 and`, `…${"x".repeat(5)}2`]);
  expect(excerpts("a", "b", 20)).toEqual(["a", "b"]);
  expect(excerpt("a\n\u001b\u202eb", 20)).toBe("a b");
  expect(excerpt("abcdef", 3)).toBe("abc…");
});
