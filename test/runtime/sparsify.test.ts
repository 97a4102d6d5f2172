import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SparsifyParams } from "../../src/protocol/compression";
import { HumanError, type HumanErrorCode } from "../../src/protocol/humanError";
import type { QuantType } from "../../src/protocol/model";
import { quantize } from "../../src/runtime/compression/quantizer";
import { estimateMemory } from "../../src/runtime/evaluation/memoryEstimate";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import type { OutputOptions } from "../../src/runtime/gguf/ggufOutput";
import { TensorFile, rowsOf } from "../../src/runtime/gguf/tensorFile";
import { WeightRows } from "../../src/runtime/gguf/weightRows";
import { sparsify } from "../../src/runtime/pruning/sparsifier";
import { sumsFor, writeMatrixFor } from "./tinyMatrix";
import { tinyModel, writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-sparsify-"));
const input = join(folder, "tiny-F16.gguf");
const never = new AbortController().signal;
const tryLoad = (path: string): Promise<unknown> => estimateMemory({ path, context: 32, cacheType: "F16" });

beforeAll(() => void writeTinyModel(input));

function run(more: Partial<SparsifyParams>, signal = never, options: OutputOptions = { tryLoad }, onProgress: () => void = () => {}): ReturnType<typeof sparsify> {
  return sparsify({ input, output: join(folder, "out.gguf"), method: "magnitude", sparsity: 0.5, ...more }, onProgress, signal, options);
}

async function weightsOf(path: string, name: string): Promise<Float32Array> {
  const file = await TensorFile.open(path);
  const rows = new WeightRows(openNativeLibrary());
  try {
    const tensor = file.find(name)!;
    return rows.restore(tensor.type, await file.read(tensor, { first: 0, rows: rowsOf(tensor) }), tensor.shape[0]!);
  } finally {
    rows.dispose();
    await file.close();
  }
}

const made = (type: QuantType, from: string, name: string): Promise<string> =>
  quantize({ input: from, output: join(folder, name), recipe: { type }, threads: 1 }, () => {}, never).then(({ path }) => path);

describe("sparsifying", () => {
  it("sets half of each row to zero and leaves all else as it was", async () => {
    const output = join(folder, "half.gguf");
    const result = await run({ output });
    expect(result).toMatchObject({ path: output, bytes: statSync(output).size, zeros: 0.5, tensors: 7 });
    expect(result.notes[0]).toMatch(/as large and the model as fast as before/);
    const [before, after] = [await weightsOf(input, "blk.0.ffn_down.weight"), await weightsOf(output, "blk.0.ffn_down.weight")];
    for (let start = 0; start < after.length; start += 512) {
      const row = [...after.subarray(start, start + 512)];
      expect(row.filter((weight) => weight === 0)).toHaveLength(256);
      const lost = [...before.subarray(start, start + 512)].filter((_, column) => row[column] === 0);
      const kept = row.filter((weight) => weight !== 0);
      expect(Math.max(...lost.map(Math.abs))).toBeLessThanOrEqual(Math.min(...kept.map(Math.abs)));
    }
    for (const name of ["token_embd.weight", "blk.0.attn_norm.weight", "output_norm.weight"]) expect(await weightsOf(output, name)).toEqual(await weightsOf(input, name));
  });

  it("keeps the weights that a text excites, by Wanda, and notes the step", async () => {
    const imatrix = await writeMatrixFor(input, join(folder, "imatrix.gguf"));
    const output = join(folder, "wanda.gguf");
    await run({ output, method: "wanda", imatrix, sparsity: 0.25 });
    const weights = await weightsOf(output, "blk.0.attn_q.weight");
    const zerosIn = (from: number): number => weights.filter((weight, index) => weight === 0 && index % 256 >= from && index % 256 < from + 64).length;
    // The matrix says that each column is more excited than the one before it.
    expect(zerosIn(0)).toBeGreaterThan(2 * zerosIn(192));
    const file = await TensorFile.open(output);
    expect(file.header.metadata).toMatchObject({ "decant.step": "sparsify 25 % by Wanda", "decant.parent": "tiny-F16.gguf" });
    await file.close();
  });

  it("two of every four", async () => {
    const output = join(folder, "pattern.gguf");
    expect((await run({ output, pattern: "2:4", sparsity: 0.9 })).zeros).toBe(0.5);
    const weights = await weightsOf(output, "blk.0.ffn_gate.weight");
    const zeros = Array.from({ length: weights.length / 4 }, (_, four) => weights.subarray(4 * four, 4 * four + 4).filter((weight) => weight === 0).length);
    expect(new Set(zeros)).toEqual(new Set([2]));
  });

  it.each<QuantType>(["Q8_0", "Q5_0", "Q4_0"])("%s: the others keep the value they had", async (type) => {
    const from = await made(type, input, `from-${type}.gguf`);
    const output = join(folder, `sparse-${type}.gguf`);
    const { zeros, notes } = await run({ input: from, output });
    expect(zeros).toBeGreaterThanOrEqual(0.5);
    expect(zeros).toBeLessThan(0.6);
    expect(notes.join(" ")).toMatch(/others stay as they were/);
    const [before, after] = [await weightsOf(from, "blk.0.attn_v.weight"), await weightsOf(output, "blk.0.attn_v.weight")];
    expect(after.every((weight, index) => weight === 0 || weight === before[index])).toBe(true);
  });

  it("zeros survive quantizing to Q8_0 and Q4_0, not to Q4_K", async () => {
    const sparse = join(folder, "to-quantize.gguf");
    await run({ output: sparse });
    const kept = async (type: QuantType): Promise<number> => {
      const weights = await weightsOf(await made(type, sparse, `sparse-then-${type}.gguf`), "blk.0.ffn_up.weight");
      return weights.filter((weight) => weight === 0).length / weights.length;
    };
    expect(await kept("Q8_0")).toBeGreaterThanOrEqual(0.5);
    expect(await kept("Q4_0")).toBeGreaterThanOrEqual(0.5);
    expect(await kept("Q4_K_S")).toBeLessThan(0.4);
  });
});

describe("faults", () => {
  async function refused(work: Promise<unknown>, code: HumanErrorCode, sentence: RegExp): Promise<void> {
    const error = await work.then(() => undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(HumanError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial") || name === "out.gguf")).toEqual([]);
  }

  it("wishes that cannot be fulfilled", async () => {
    for (const sparsity of [0, 1, -1, NaN, 50]) await refused(run({ sparsity }), "badArgument", /above 0 and below 1/);
    await refused(run({ method: "wanda" }), "badArgument", /needs an importance matrix/);
    await refused(run({ method: "random" as never }), "badArgument", /"magnitude" or by "wanda"/);
    await refused(run({ pattern: "1:4" as never }), "badArgument", /only pattern is 2:4/);
  });

  it("types without zeros, another model's matrix, numbers that are none", async () => {
    await refused(run({ input: await made("Q4_K_M", input, "k.gguf") }), "unsupported", /without changing others: prune the unquantized original, then quantize/);
    const other = writeTinyModel(join(folder, "other-F16.gguf"), { width: 512 });
    await refused(run({ method: "wanda", imatrix: await writeMatrixFor(other, join(folder, "other.imatrix.gguf")) }), "badArgument", /made on another model/);
    const holes = join(folder, "holes.gguf");
    const matrix = await writeMatrixFor(input, holes, new Map([...sumsFor(input)].slice(1)));
    await refused(run({ method: "wanda", imatrix: matrix }), "badArgument", /says nothing of blk\.0\.attn_q\.weight/);
    const damaged = join(folder, "nan-F16.gguf");
    const bytes = tinyModel();
    bytes.fill(0x7e, bytes.length - 64);
    writeFileSync(damaged, bytes);
    await refused(run({ input: damaged }), "notReadable", /ffn_down\.weight holds numbers that are none/);
  });

  it("the disk is full, the input is the output, llama.cpp refuses, cancelled", async () => {
    await refused(run({}, never, { free: () => Promise.resolve(10) }), "diskFull", /only/);
    const before = readFileSync(input);
    await refused(run({ output: input }), "sameFile", /would overwrite/);
    expect(readFileSync(input).equals(before)).toBe(true);
    await refused(run({}, never, { tryLoad: () => Promise.reject(new Error("no")) }), "failed", /does not take what was made/);
    await refused(run({}, AbortSignal.abort()), "cancelled", /Cancelled/);
    const controller = new AbortController();
    await refused(run({}, controller.signal, {}, () => controller.abort()), "cancelled", /Cancelled/);
  });
});
