import { mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataBytes, ggufHeaderBytes } from "../../../../src/core/gguf/writer";
import { Inspector } from "../../../../src/services/models/inspector";
import { headerOf } from "../../ggufBytes";

const tensors = [{ name: "token_embd.weight", type: "F16", shape: [4, 2] }] as const;
const inspector = new Inspector();
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "decant-inspect-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, tokens: readonly string[], template = "hello"): string {
  const path = join(folder, name);
  const header = ggufHeaderBytes({
    metadata: [
      { key: "general.architecture", type: "string", value: "llama" },
      { key: "tokenizer.chat_template", type: "string", value: template },
      { key: "tokens", type: "array", element: "string", value: tokens },
    ],
    tensors,
  });
  writeFileSync(path, Buffer.concat([header, Buffer.alloc(dataBytes(tensors))]));
  return path;
}
const tokens = Array.from({ length: 1000 }, (_, index) => `t${index}`);

describe("Inspector", () => {
  it("shows a model with what the library knows of it", async () => {
    const { model, metadata } = await inspector.inspect(write("Tiny-F16.gguf", tokens));
    expect(model).toMatchObject({ family: "Tiny", architecture: "llama", parameters: 8, hasChatTemplate: true });
    expect(model.problem).toBeUndefined();
    expect(metadata.at(-1)?.value).toEqual({ kind: "list", element: "string", length: 1000, first: tokens.slice(0, 8) });
  });

  it("shows the parts of a split model that are here as one, with what is missing", async () => {
    const [second, first] = [write("Split-00002-of-00002.gguf", []), write("Split-00001-of-00002.gguf", tokens)];
    for (const path of [first, second]) {
      const { model, tensors: shown, metadata } = await inspector.inspect(path);
      expect(model).toMatchObject({ path: first, bytes: statSync(first).size + statSync(second).size, parameters: 16, parts: { paths: [first, second], expected: 2 } });
      expect([model.problem, shown.length, metadata.at(-1)?.value]).toEqual([undefined, 2, expect.objectContaining({ length: 1000 })]);
      expect(await inspector.values(path, "tokens", 998, 100)).toEqual(["t998", "t999"]);
    }
    writeFileSync(second, "x");
    expect((await inspector.inspect(first)).model.problem).toMatch(/^Part 2 of 2: Split-00002-of-00002\.gguf is not a GGUF file/);
    rmSync(second);
    expect(await inspector.inspect(first)).toMatchObject({ tensors: [{ name: "token_embd.weight" }], model: { problem: "1 of 2 parts are here: part 2 is missing. Download what is missing into the same folder." } });
  });

  it("gives the values of a list page by page", async () => {
    const path = write("Tiny-F16.gguf", tokens);
    expect(await inspector.values(path, "tokens", 998, 100)).toEqual(["t998", "t999"]);
    expect(await inspector.values(path, "tokens", 2, 2)).toEqual(["t2", "t3"]);
    expect(await inspector.values(path, "tokens", -5, -1)).toEqual([]);
    await expect(inspector.values(path, "general.architecture", 0, 1)).rejects.toThrow("has no list general.architecture");
  });

  it("reads a file whose lists are leafed through once, and again when it has changed or is gone", async () => {
    const time = new Date(2020, 1, 1);
    const path = write("leafed.gguf", ["one"]);
    utimesSync(path, time, time);
    expect(await inspector.values(path, "tokens", 0, 1)).toEqual(["one"]);
    write("leafed.gguf", ["two"]);
    utimesSync(path, time, time);
    expect(await inspector.values(path, "tokens", 0, 1)).toEqual(["one"]);
    utimesSync(path, time, new Date());
    expect(await inspector.values(path, "tokens", 0, 1)).toEqual(["two"]);
    rmSync(path);
    await expect(inspector.values(path, "tokens", 0, 1)).rejects.toMatchObject({ code: "notFound" });
  });

  it("compares lists and texts to their ends, and shows where they part", async () => {
    const a = write("a.gguf", tokens, `${"x".repeat(100_000)}1`);
    const b = write("b.gguf", tokens.with(900, "other"), `${"x".repeat(100_000)}2`);
    const { metadata, tensors: different, same } = await inspector.diff(a, b);
    expect(metadata.map(({ key }) => key)).toEqual(["tokenizer.chat_template", "tokens"]);
    expect(metadata[0]).toMatchObject({ first: { text: `…${"x".repeat(100)}1` }, second: { text: `…${"x".repeat(100)}2` } });
    expect(metadata[1]).toMatchObject({ first: { length: 1000, first: ["#900: t900", ...tokens.slice(901, 908).map((token, index) => `#${901 + index}: ${token}`)] }, second: { length: 1000 } });
    expect(metadata[1]?.second).toMatchObject({ first: expect.arrayContaining(["#900: other"]) as string[] });
    expect({ different, same }).toEqual({ different: [], same: { metadata: 1, tensors: 1 } });
    expect((await inspector.diff(a, a)).metadata).toEqual([]);
  });

  it("shows what can be read of a file that cannot be used, and why", async () => {
    const cut = write("cut.gguf", tokens);
    truncateSync(cut, 10_300);
    await expect(inspector.inspect(cut)).rejects.toThrow("cut.gguf is cut off inside its header.");
    const half = write("half.gguf", ["a"]);
    truncateSync(half, statSync(half).size - dataBytes(tensors));
    expect((await inspector.inspect(half)).model.problem).toMatch(/^The file is cut off: its header announces/);
    const old = join(folder, "old.gguf");
    writeFileSync(old, Buffer.concat([headerOf({ version: 1, bigEndian: true }, [{ key: "general.architecture", type: "string", value: "llama" }], tensors), Buffer.alloc(64)]));
    expect(await inspector.inspect(old)).toMatchObject({ version: 1, bigEndian: true, model: { architecture: "llama", problem: expect.stringMatching(/old.gguf is big-endian/) as string } });
  });
});
