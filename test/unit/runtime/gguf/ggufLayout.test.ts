import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetadataEntry } from "../../../../src/core/gguf/writer";
import { readGgufLayout } from "../../../../src/runtime/gguf/ggufLayout";
import { readHeader } from "../../../../src/runtime/gguf/headerFile";
import { type Dialect, headerOf } from "../../ggufBytes";

const tensors = [{ name: "a", type: "F32", shape: [8] }] as const;
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "decant-layout-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(metadata: readonly MetadataEntry[], dialect: Dialect = { version: 3 }, type = "F32"): string {
  const path = join(folder, "m.gguf");
  writeFileSync(path, Buffer.concat([headerOf(dialect, metadata, [{ ...tensors[0], type }]), Buffer.alloc(32)]));
  return path;
}
const architecture: MetadataEntry = { key: "general.architecture", type: "string", value: "llama" };
const tokens = (value: readonly string[]): MetadataEntry => ({ key: "tokenizer.ggml.tokens", type: "array", element: "string", value });

describe("readGgufLayout", () => {
  it("gives the bytes of each entry, folded or not, and the lists that are no tokenizer's", () => {
    const merges: MetadataEntry = { key: "tokenizer.ggml.merges", type: "array", element: "string", value: Array.from({ length: 600 }, () => "a b") };
    const layout = readGgufLayout(write([architecture, tokens(["x", "y"]), merges, { key: "imatrix.datasets", type: "array", element: "string", value: Array.from({ length: 600 }, () => "t") }]));
    expect([...layout.entryBytes]).toEqual([
      ["general.architecture", 8 + 20 + 4 + 8 + 5], ["tokenizer.ggml.tokens", 8 + 21 + 4 + 12 + 2 * 9],
      ["tokenizer.ggml.merges", 8 + 21 + 4 + 12 + 600 * 11], ["imatrix.datasets", 8 + 16 + 4 + 12 + 600 * 9],
    ]);
    expect([...layout.scalars]).toEqual([["general.architecture", "llama"]]);
    expect([...layout.texts].map(([key, texts]) => [key, texts.length])).toEqual([["imatrix.datasets", 600]]);
    expect(layout).toMatchObject({ alignment: 32, fileBytes: layout.dataOffset + 32 });
  });

  it.each<[what: string, path: () => string, sentence: RegExp]>([
    ["a big-endian file", () => write([architecture], { version: 3, bigEndian: true }), /^m\.gguf is big-endian, made for other processors than this one\. Get it/],
    ["a file of version 1", () => write([architecture], { version: 1 }), /^m\.gguf is a GGUF file of version 1; versions 2 and 3 can be used\. Convert the model again\.$/],
    ["an unknown storage type", () => write([architecture], { version: 3 }, "999"), /^m\.gguf: Tensor "a" has storage type 999/],
    ["more blocks than llama.cpp has room for", () => write([architecture, { key: "llama.block_count", type: "u32", value: 513 }]), /^m\.gguf has a damaged header \(513 blocks\)/],
    ["a token that is listed twice", () => write([tokens(["a", "b", "a\0b"])]), /\(a token that is listed twice\)/],
    ["a token that is listed twice in a long list", () => write([tokens([...Array.from({ length: 600 }, (_, index) => `t${index}`), "t5"])]), /\(a token that is listed twice\)/],
    ["a folder", () => folder, /is not a file\.$/],
  ])("refuses %s", (_, path, sentence) => {
    expect(() => readGgufLayout(path())).toThrow(sentence);
    expect(() => readHeader(path())).toThrow(sentence);
  });
});
