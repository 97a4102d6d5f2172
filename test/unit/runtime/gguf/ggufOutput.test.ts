import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ProducedFile, producedBytes, writeGguf } from "../../../../src/runtime/gguf/ggufOutput";
import { ranges, TensorFile } from "../../../../src/runtime/gguf/tensorFile";

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-output-"));
  output = join(folder, "out.gguf");
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const nothing = (): void => undefined;

function file(pieces: readonly (readonly number[])[] = [[1, 2, 3], [4, 5, 6]]): ProducedFile {
  return {
    metadata: [{ key: "general.architecture", type: "string", value: "llama" }],
    tensors: [{
      name: "blk.0.attn_q.weight", type: "F32", shape: [3, 2],
      async *produce() {
        for (const piece of pieces) yield new Uint8Array(Float32Array.from(piece).buffer);
      },
    }],
  };
}

describe("writeGguf", () => {
  it("writes what tensors produce, and reads it back row by row", async () => {
    const done: number[] = [];
    const { bytes } = await writeGguf(output, [], file(), ({ tensor }) => done.push(tensor), never);
    expect(bytes).toBe(readFileSync(output).length);
    expect(bytes).toBe(producedBytes(file()));
    expect(done).toEqual([1]);
    const read = await TensorFile.open(output);
    const tensor = read.find("blk.0.attn_q.weight")!;
    expect([...new Float32Array(new Uint8Array(await read.read(tensor, { first: 1, rows: 1 })).buffer)]).toEqual([4, 5, 6]);
    const whole: number[] = [];
    for await (const piece of read.copy(tensor)) whole.push(...piece);
    expect(Buffer.from(whole)).toEqual(readFileSync(output).subarray(read.header.dataOffset, read.header.dataOffset + 24));
    await read.close();
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["a tensor that produces too little", () => writeGguf(output, [], file([[1, 2, 3]]), nothing, never), "12 bytes instead of 24"],
    ["a file that llama.cpp refuses", () => writeGguf(output, [], file(), nothing, never, { tryLoad: () => Promise.reject(new Error("no such architecture")) }), "no such architecture"],
    ["a full disk", () => writeGguf(output, [], file(), nothing, never, { free: async () => 10 }), "make room"],
    ["cancelling", () => writeGguf(output, [], file(), nothing, AbortSignal.abort()), "ancelled"],
  ])("leaves nothing behind after %s", async (_, write, sentence) => {
    await expect(write()).rejects.toThrow(sentence);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("overwrites neither its inputs nor any other file", async () => {
    writeFileSync(output, "precious");
    await expect(writeGguf(output, [output], file(), nothing, never)).rejects.toMatchObject({ code: "sameFile" });
    await expect(writeGguf(output, [join(folder, "in.gguf")], file(), nothing, never)).rejects.toMatchObject({ code: "outputExists" });
    expect(readFileSync(output, "utf8")).toBe("precious");
  });
});

describe("ranges", () => {
  it("cuts a tensor into runs of whole rows that cover it", () => {
    const tensor = { name: "t", type: "F32", shape: [4, 5], bytes: 80, offset: 0 };
    expect([...ranges(tensor, 32)]).toEqual([{ first: 0, rows: 2 }, { first: 2, rows: 2 }, { first: 4, rows: 1 }]);
    expect([...ranges(tensor, 1)]).toHaveLength(5);
  });
});
