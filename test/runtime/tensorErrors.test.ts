import { mkdtempSync, openSync, readFileSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HumanError } from "../../src/protocol/humanError";
import type { TensorErrors } from "../../src/protocol/model";
import type { TensorErrorsParams } from "../../src/protocol/rpc";
import { TensorSampler } from "../../src/runtime/compression/sampledTensor";
import { tensorErrors } from "../../src/runtime/compression/tensorErrors";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import { sampleModel } from "./buildRuntime";
import { sumsFor, writeMatrixFor } from "./tinyMatrix";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-errors-"));
const never = new AbortController().signal;

function errorsOf(params: Omit<TensorErrorsParams, "threads">, onProgress: (fraction: number) => void = () => {}, signal = never): ReturnType<typeof tensorErrors> {
  return tensorErrors({ ...params, threads: 1 }, ({ fraction }) => onProgress(fraction), signal);
}
function mean(errors: readonly TensorErrors[], type: string): number {
  return errors.reduce((sum, each) => sum + (each.errors[type] ?? NaN), 0) / errors.length;
}

/** A Q8_0 block of 127 and 31 times 0.25 has the scale 1: 127 is kept, each 0.25 becomes 0. */
const block = [127, ...new Array<number>(31).fill(0.25)];
const lost = 31 * 0.25 ** 2;

describe("by hand", () => {
  it("the error of Q8_0 in a tensor of F16, with and without an importance matrix", async () => {
    const input = writeTinyModel(join(folder, "hand-F16.gguf"));
    const { tensors, dataOffset } = readGgufLayout(input);
    const tensor = tensors.find(({ name }) => name === "blk.0.attn_q.weight")!;
    const halves = Uint16Array.from({ length: tensor.bytes / 2 }, (_, index) => (index % 32 === 0 ? 0x57f0 : 0x3400));
    const file = openSync(input, "r+");
    writeSync(file, halves, 0, halves.byteLength, dataOffset + tensor.offset);
    closeSync(file);
    // 5 tokens; the columns of 127 were never excited.
    const sums = { sums: Float32Array.from({ length: 256 }, (_, column) => (column % 32 === 0 ? 0 : 10)), counts: [5] };
    const imatrix = await writeMatrixFor(input, join(folder, "hand.imatrix.gguf"), new Map(sumsFor(input)).set(tensor.name, sums));
    const of = async (params: Partial<TensorErrorsParams>): Promise<TensorErrors> => (await errorsOf({ input, types: ["Q8_0", "F16"], ...params })).find(({ name }) => name === tensor.name)!;
    const { shape, type, bytes } = tensor;
    const plain = await of({});
    expect(plain).toMatchObject({ name: tensor.name, shape, type, bytes });
    expect(plain.errors.Q8_0).toBeCloseTo(lost / (127 ** 2 + lost), 12);
    expect(plain.errors.F16).toBe(0);
    expect((await of({ imatrix })).errors.Q8_0).toBeCloseTo(1, 12);
  });

  it("each expert has an importance of its own", async () => {
    const path = join(folder, "experts.bin");
    writeFileSync(path, Buffer.from(Float32Array.from([...block, ...block, ...block, ...block]).buffer));
    const file = await open(path, "r");
    const sampler = new TensorSampler(openNativeLibrary(), file, 0, 64);
    try {
      const importance = Float32Array.from([...block.map((_, column) => (column === 0 ? 0 : 1)), ...block.map((_, column) => (column === 0 ? 1 : 0))]);
      const tensor = { name: "blk.0.ffn_up_exps.weight", type: "F32", shape: [32, 2, 2], bytes: 512, offset: 0 };
      const { Q8_0 } = await sampler.sample(tensor, 4, ["Q8_0"], importance);
      expect(Q8_0).toBeCloseTo((2 * lost) / (2 * lost + 2 * 127 ** 2), 12);
    } finally {
      sampler.dispose();
      await file.close();
    }
  });
});

describe("of the sample model", () => {
  const types = ["Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_0"];

  it("fall with every larger type, for every tensor that llama.cpp quantizes", async () => {
    const seen: number[] = [];
    const errors = await errorsOf({ input: sampleModel(), types, sampledWeights: 300_000 }, (fraction) => seen.push(fraction));
    const layout = readGgufLayout(sampleModel());
    expect(errors.map(({ name }) => name)).toEqual(layout.tensors.filter(({ shape }) => shape.length > 1).map(({ name }) => name));
    for (const each of errors) {
      const values = types.map((type) => each.errors[type] ?? NaN);
      expect(values.every((value, index) => index === 0 || value < (values[index - 1] ?? 0)), `${each.name} ${values.join(" ")}`).toBe(true);
    }
    expect(seen.at(-1)).toBe(1);
    expect(seen).toHaveLength(errors.length);
  });

  it("a sample tells within a few percent what all rows do", async () => {
    const [sample, whole] = [await errorsOf({ input: sampleModel(), types: ["Q4_0"], sampledWeights: 300_000 }), await errorsOf({ input: sampleModel(), types: ["Q4_0"], sampledWeights: 1e9 })];
    expect(mean(sample, "Q4_0") / mean(whole, "Q4_0")).toBeCloseTo(1, 1.5);
    for (const [index, { name, errors }] of whole.entries()) expect(Math.abs((sample[index]?.errors.Q4_0 ?? 0) / (errors.Q4_0 ?? 1) - 1), name).toBeLessThan(0.05);
  });
});

describe("faults and gaps", () => {
  const input = writeTinyModel(join(folder, "narrow-F16.gguf"), { width: 96, feedForward: 160 });

  it("leaves out types that rows do not divide into, and those that need a matrix", async () => {
    const errors = await errorsOf({ input, types: ["Q4_K", "Q4_0", "IQ2_XXS"] });
    expect(errors.map((each) => Object.keys(each.errors))).toEqual(errors.map(() => ["Q4_0"]));
    const wide = writeTinyModel(join(folder, "wide-F16.gguf"));
    expect(Object.keys((await errorsOf({ input: wide, types: ["Q4_K", "IQ2_XS"] }))[0]?.errors ?? {})).toEqual(["Q4_K"]);
  });

  it("does without the importance of a token embedding that has other columns, like llama.cpp", async () => {
    const wide = writeTinyModel(join(folder, "wide-F16.gguf"));
    const sums = new Map(sumsFor(wide)).set("token_embd.weight", { sums: Float32Array.from({ length: 32 }, (_, column) => column), counts: [1] });
    const imatrix = await writeMatrixFor(wide, join(folder, "short-embedding.gguf"), sums);
    const ofEmbedding = async (params: Partial<TensorErrorsParams>): Promise<TensorErrors> =>
      (await errorsOf({ input: wide, types: ["Q4_0"], ...params })).find(({ name }) => name === "token_embd.weight")!;
    expect(await ofEmbedding({ imatrix })).toEqual(await ofEmbedding({}));
  });

  it("refuses in a sentence what cannot be sampled", async () => {
    const refused = async (params: Omit<TensorErrorsParams, "threads">, sentence: RegExp, signal = never): Promise<void> => {
      const error: unknown = await errorsOf(params, undefined, signal).then(() => undefined, (reason: unknown) => reason);
      expect(error).toBeInstanceOf(HumanError);
      expect((error as Error).message).toMatch(sentence);
    };
    await refused({ input, types: ["Q4_9"] }, /Q4_9 is no storage type/);
    await refused({ input, types: ["Q8_K"] }, /Q8_K is no storage type/);
    await refused({ input, types: ["Q4_0"], sampledWeights: 0 }, /At least one weight/);
    await refused({ input, types: ["Q4_0"], imatrix: await writeMatrixFor(sampleModel(), join(folder, "other.gguf")) }, /another model/);
    await refused({ input, types: ["Q4_0"] }, /Cancelled/, AbortSignal.abort());
    const damaged = join(folder, "nan-F16.gguf");
    writeTinyModel(damaged, { embedding: "nan" });
    await refused({ input: damaged, types: ["Q4_0"] }, /token_embd\.weight holds numbers that are none/);
    writeFileSync(damaged, readFileSync(input).subarray(0, 20_000));
    await refused({ input: damaged, types: ["Q4_0"] }, /cut off/);
  });
});
