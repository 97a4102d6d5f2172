import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readValues, writeValues } from "../../../../src/runtime/training/valuesFile";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "decant-values-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const tensor = { name: "blk.0.attn_q.weight", type: "F32", shape: [2, 2] };
const architecture = [{ key: "general.architecture", type: "string", value: "llama" }] as const;

describe("values of a training", () => {
  it("are read back as they were written", async () => {
    const path = join(folder, "values.gguf");
    await writeValues(path, architecture, [tensor], () => Float32Array.of(1, -2, 3, 0.5));
    const read: [string, number[]][] = [];
    for await (const [name, values] of readValues(path)) read.push([name, [...values]]);
    expect(read).toEqual([["blk.0.attn_q.weight", [1, -2, 3, 0.5]]]);
  });

  it("are not kept where they are no numbers, and the file before stays", async () => {
    const path = join(folder, "values.gguf");
    await writeValues(path, architecture, [tensor], () => new Float32Array(4));
    await expect(writeValues(path, architecture, [tensor], () => Float32Array.of(1, NaN, 0, 0))).rejects.toThrow("lower learning rate");
    expect(readdirSync(folder)).toEqual(["values.gguf"]);
  });
});
