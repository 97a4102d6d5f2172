import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type QuantSize, quantTypes, type Recipe } from "../../src/protocol/model";
import { quantize, sizes } from "../../src/runtime/compression/quantizer";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import { sumsFor, writeMatrixFor } from "./tinyMatrix";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-recipe-"));
const input = join(folder, "tiny-F16.gguf");
const imatrix = join(folder, "tiny.imatrix.gguf");
const never = new AbortController().signal;

beforeAll(async () => {
  writeTinyModel(input);
  await writeMatrixFor(input, imatrix);
});

async function size(recipe: Recipe): Promise<QuantSize> {
  const [only] = await sizes({ input, recipes: [recipe] }, never);
  return only!;
}
async function make(recipe: Recipe, name: string): Promise<string> {
  return (await quantize({ input, output: join(folder, name), recipe, threads: 1 }, () => {}, never)).path;
}
function typesIn(path: string): Record<string, string> {
  return Object.fromEntries(readGgufLayout(path).tensors.map(({ name, type }) => [name, type]));
}

describe("an importance matrix", () => {
  it("opens every level of a dense model, each of the foretold bytes and types", async () => {
    const foretold = await sizes({ input, recipes: quantTypes.map((type) => ({ type, imatrix })) }, never);
    expect(foretold.filter(({ problem }) => problem).map(({ type }) => type)).toEqual(["MXFP4_MOE"]);
    for (const each of foretold.filter(({ problem }) => !problem)) {
      const path = await make({ type: each.type, imatrix }, `with-${each.type}.gguf`);
      expect([each.type, statSync(path).size], each.type).toEqual([each.type, each.bytes]);
      expect(typesIn(path), each.type).toEqual(each.tensorTypes);
    }
  });

  it("changes the weights, and is named in the file", async () => {
    const [plain, weighted] = [await make({ type: "Q4_K_S" }, "plain.gguf"), await make({ type: "Q4_K_S", imatrix }, "weighted.gguf")];
    const { scalars, dataOffset } = readGgufLayout(weighted);
    expect([...scalars].filter(([key]) => key.startsWith("quantize.imatrix"))).toEqual([
      ["quantize.imatrix.file", "tiny.imatrix.gguf"], ["quantize.imatrix.dataset", "tiny-F16.gguf texts, Ünïcödé"],
      ["quantize.imatrix.entries_count", 7], ["quantize.imatrix.chunks_count", 3],
    ]);
    expect(readFileSync(weighted).subarray(dataOffset).equals(readFileSync(plain).subarray(readGgufLayout(plain).dataOffset))).toBe(false);
  });

  it("of another model, or none at all, is refused in a sentence", async () => {
    const path = join(folder, "bad.gguf");
    const problemOf = async (): Promise<string | undefined> => (await size({ type: "Q4_K_M", imatrix: path })).problem;
    const whole = readFileSync(imatrix);
    const faults: [RegExp, () => Promise<unknown> | void][] = [
      [/There is no file at .*bad\.gguf\./, () => undefined],
      [/was made on another model \(blk\.0\.ffn_down\.weight has 512 columns, not 256\)/, () => writeMatrixFor(input, path, new Map(sumsFor(input)).set("blk.0.ffn_down.weight", { sums: new Float32Array(256), counts: [1] }))],
      [/was made on another model \(it has tensors that this model lacks\)/, () => writeMatrixFor(input, path, new Map([...sumsFor(input)].map(([name, sums]) => [name.replace("blk.0", "blk.9"), sums])))],
      [/was made on another model \(it covers 1 of 7 tensors\)/, () => writeMatrixFor(input, path, new Map([...sumsFor(input)].slice(0, 1)))],
      [/holds impossible numbers \(blk\.0\.attn_k\.weight\)/, () => writeMatrixFor(input, path, new Map(sumsFor(input)).set("blk.0.attn_k.weight", { sums: new Float32Array(256).fill(NaN), counts: [1] }))],
      [/cut off/, () => writeFileSync(path, whole.subarray(0, whole.length - 400))],
      [/cut off/, () => writeFileSync(path, whole.subarray(0, 100))],
      [/is not an importance matrix \(it has no sums of squares\)/, () => writeFileSync(path, readFileSync(input))],
      [/is not an importance matrix/, () => writeFileSync(path, "Dear Sir or Madam,")],
      [/is not an importance matrix/, () => writeFileSync(path, "")],
    ];
    for (const [sentence, damage] of faults) {
      await damage();
      expect(await problemOf()).toMatch(sentence);
      await expect(make({ type: "Q4_K_M", imatrix: path }, "never.gguf")).rejects.toMatchObject({ name: "HumanError", message: expect.stringMatching(sentence) as string });
    }
  });

  it("that says nothing of a tensor cannot serve a level that needs it there", async () => {
    const path = await writeMatrixFor(input, join(folder, "part.gguf"), new Map([...sumsFor(input)].slice(1)));
    expect((await size({ type: "IQ2_XXS", imatrix: path })).problem).toMatch(/says nothing of blk\.0\.attn_q\.weight, which IQ2_XXS cannot do without/);
    expect((await size({ type: "Q4_K_M", imatrix: path })).problem).toBeUndefined();
  });
});

describe("types of single tensors", () => {
  const tensorTypes = { "token_embd.weight": "Q4_0", "blk.0.attn_v.weight": "Q8_0", "blk.0.ffn_down.weight": "IQ4_XS" };

  it("are kept, and the others follow the level", async () => {
    const level = await size({ type: "Q4_K_M" });
    const mixed = await size({ type: "Q4_K_M", tensorTypes });
    expect(mixed.problem).toBeUndefined();
    expect(mixed.tensorTypes).toEqual({ ...level.tensorTypes, ...tensorTypes });
    const path = await make({ type: "Q4_K_M", tensorTypes }, "mixed.gguf");
    expect(typesIn(path)).toEqual(mixed.tensorTypes);
    expect(statSync(path).size).toBe(mixed.bytes);
  });

  it.each<[Recipe, RegExp]>([
    [{ type: "Q4_0", tensorTypes: { "blk.7.attn_v.weight": "Q8_0" } }, /has no tensor blk\.7\.attn_v\.weight/],
    [{ type: "Q4_0", tensorTypes: { "blk.0.attn_v.weight": "Q9_X" } }, /Q9_X is no storage type/],
    [{ type: "Q4_0", tensorTypes: { "blk.0.attn_v.weight": "Q8_K" } }, /Q8_K is no storage type/],
    [{ type: "Q4_0", tensorTypes: { "output_norm.weight": "Q8_0" } }, /keeps output_norm\.weight as F32/],
    [{ type: "F16", tensorTypes: { "blk.0.attn_v.weight": "Q8_0" } }, /keeps blk\.0\.attn_v\.weight as F16/],
    [{ type: "Q4_0", tensorTypes: { "blk.0.attn_v.weight": "IQ2_XS" } }, /IQ2_XS needs an importance matrix: calibrate on your documents first/],
    [{ type: "Q4_0", tensorTypes: { "token_embd.weight": "IQ2_XXS" } }, /IQ2_XXS needs an importance matrix/],
    [{ type: "IQ1_S" }, /IQ1_S needs an importance matrix: calibrate on your documents first/],
  ])("%j is refused before llama.cpp aborts or ignores it", async (recipe, sentence) => {
    expect((await size(recipe)).problem).toMatch(sentence);
  });

  it("must divide the rows", async () => {
    const narrow = writeTinyModel(join(folder, "narrow-F16.gguf"), { width: 96, feedForward: 160 });
    const [mixed] = await sizes({ input: narrow, recipes: [{ type: "Q8_0", tensorTypes: { "token_embd.weight": "Q6_K" } }] }, never);
    expect(mixed?.problem).toMatch(/rows of 96 weights, which do not divide into Q6_K blocks of 256/);
  });
});
