import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lineageOf } from "../../src/core/models/lineage";
import type { MergeParams, MergeResult } from "../../src/protocol/compression";
import { HumanError } from "../../src/protocol/humanError";
import type { MeasureParams } from "../../src/protocol/rpc";
import { extractAdapter } from "../../src/runtime/adapters/extractor";
import { mergeAdapter } from "../../src/runtime/adapters/merger";
import { quantize } from "../../src/runtime/compression/quantizer";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { TensorFile } from "../../src/runtime/gguf/tensorFile";
import type { OutputOptions } from "../../src/runtime/gguf/ggufOutput";
import { sampleModel } from "./buildRuntime";
import { farthest, modelLogits } from "./modelLogits";
import { writePerturbed } from "./perturbedModel";
import { floatsOf, writeSmallAdapter, writeSmallFile } from "./smallFile";
import { writeMatrixFor } from "./tinyMatrix";
import { writeTinyAdapter } from "./tinyAdapter";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const never = new AbortController().signal;
const text = readFileSync(join(__dirname, "../../media/samples/evaluation-text.txt"), "utf8");
const tokens = Array.from({ length: 64 }, (_, index) => (index * index * 7 + index * 31 + 5) % 4096);
/** What a tuning might have changed: a few roles, of blocks and matrices of both shapes. */
const tuning = { tensors: /^blk\.\d+\.(attn_q|attn_output|ffn_down)\.weight$/, amount: 0.006 };

function merge(params: Partial<MergeParams>, options: OutputOptions = {}, signal = never): Promise<MergeResult> {
  return mergeAdapter({ base: at("base-F32.gguf"), adapter: at("style.gguf"), scale: 1, output: at("merged.gguf"), ...params }, () => undefined, signal, options);
}

beforeAll(async () => {
  await writePerturbed(sampleModel(), at("base-F32.gguf"), "F32");
  await writePerturbed(sampleModel(), at("tuned-F32.gguf"), "F32", tuning);
  await extractAdapter({ base: at("base-F32.gguf"), tuned: at("tuned-F32.gguf"), output: at("style.gguf"), rank: 8, seed: 1 }, () => undefined, never);
});

describe("a merged model", () => {
  it.each([["F32", 1, 1e-5], ["F32", -0.5, 1e-5], ["F16", 1, 5e-4]])("equals its base with the adapter attached: %s, scale %d", async (type, scale, most) => {
    const base = type === "F32" ? at("base-F32.gguf") : sampleModel();
    const output = at(`merged-${type}${scale}.gguf`);
    const { changed, notes } = await merge({ base, output, scale });
    expect(changed).toBe(readHeader(base).tensors.filter(({ name }) => tuning.tensors.test(name)).length);
    expect(notes).toEqual([]);
    const attached = await modelLogits(base, tokens, [{ path: at("style.gguf"), scale }]);
    const largest = farthest(attached, new Float32Array(attached.length));
    // Half precision rounds each merged weight once more.
    expect(farthest(await modelLogits(output, tokens), attached) / largest).toBeLessThan(most);
    expect(farthest(await modelLogits(base, tokens), attached) / largest).toBeGreaterThan(5e-3);
  });

  it("keeps the bytes of all that the adapter does not change, and tells where it comes from", async () => {
    const output = at("kept.gguf");
    await merge({ base: sampleModel(), output, scale: 0.5 });
    const [base, merged] = [await TensorFile.open(sampleModel()), await TensorFile.open(output)];
    for (const tensor of base.header.tensors) {
      const own = merged.find(tensor.name)!;
      const all = { first: 0, rows: tensor.shape[1] ?? 1 };
      expect((await merged.read(own, all)).equals(await base.read(tensor, all)), tensor.name).toBe(!tuning.tensors.test(tensor.name));
    }
    expect(lineageOf(output, merged.header, "F16", "model")?.steps.at(-1)).toBe("merge style × 0.5");
    expect(merged.header.metadata).toMatchObject(Object.fromEntries(Object.entries(base.header.metadata).filter(([key]) => !key.startsWith("decant."))));
    await base.close();
    await merged.close();
  });

  it.each(["Q8_0", "Q4_K_M"] as const)("of %s strays a little from its base with the adapter, by rounding", async (type) => {
    const { path: base } = await quantize({ input: sampleModel(), output: at(`base-${type}.gguf`), recipe: { type }, threads: 1 }, () => {}, never);
    const output = at(`merged-${type}.gguf`);
    const { notes } = await merge({ base, output });
    expect(notes).toEqual([expect.stringMatching(/^\d+ matrices were quantized anew \(.*Q.*\), which costs some quality/)]);
    expect(readHeader(output).tensors.map(({ type: own }) => own)).toEqual(readHeader(base).tensors.map(({ type: own }) => own));
    const strays = async (adapters: MeasureParams["adapted"], variants: readonly string[], from: string): Promise<number> => {
      const { rows } = await measure({ base: from, variants, adapted: adapters, text, context: 256, chunks: 4, threads: 1, generation: false }, () => {}, never);
      return rows[1]!.kl!.mean;
    };
    // Both are held against the same merge in single precision.
    const attached = await strays([{ path: base, adapters: [{ path: at("style.gguf"), scale: 1 }] }], [], at("merged-F321.gguf"));
    const merged = await strays([], [output], at("merged-F321.gguf"));
    expect(merged).toBeLessThan(type === "Q8_0" ? 0.002 : 0.02);
    expect(merged).toBeGreaterThan(0.5 * attached);
  });

  it("is the only way to use a change to an embedding that is the output as well: attaching it would end the process", async () => {
    const [lefts, rights] = [Array<number>(4096).fill(0.01), Array<number>(256).fill(0.1)];
    const adapter = writeSmallAdapter(at("tied.gguf"), [{ name: "token_embd.weight.lora_a", shape: [1, 4096], values: lefts }, { name: "token_embd.weight.lora_b", shape: [1, 256], values: rights }], 1);
    const base = at("base-F32.gguf");
    const adapted = [{ path: base, adapters: [{ path: adapter, scale: 1 }] }];
    await expect(measure({ base, variants: [], adapted, text, context: 256, chunks: 1, threads: 1, generation: false }, () => {}, never)).rejects.toThrow(/^tied\.gguf changes the token embedding, which this model uses for its output as well/);
    const { path } = await merge({ adapter, output: at("tied-merged.gguf") });
    expect(farthest(await modelLogits(path, tokens), await modelLogits(base, tokens))).toBeGreaterThan(0.01);
  });

  it("heeds an importance matrix", async () => {
    const base = at("base-Q4_K_M.gguf");
    const { path } = await merge({ base, imatrix: await writeMatrixFor(sampleModel(), at("sample.imatrix")), output: at("merged-imatrix.gguf") });
    expect(readFileSync(path).length).toBe(readFileSync(at("merged-Q4_K_M.gguf")).length);
    expect(readFileSync(path).equals(readFileSync(at("merged-Q4_K_M.gguf")))).toBe(false);
  });

  it("can be measured beside what it was merged from", async () => {
    const base = at("base-F32.gguf");
    const use = (scale: number) => ({ path: base, adapters: [{ path: at("style.gguf"), scale }] });
    const { rows } = await measure({ base, variants: [at("merged-F321.gguf")], adapted: [use(0), use(1)], text, context: 256, chunks: 2, threads: 1, generation: false }, () => {}, never);
    const [own, merged, none, attached] = rows;
    expect(none).toMatchObject({ perplexity: own!.perplexity, kl: { mean: 0 }, top1Agreement: 1, adapters: [{ scale: 0 }] });
    expect(attached!.kl!.mean).toBeGreaterThan(1e-4);
    expect(attached!.kl!.mean).toBeCloseTo(merged!.kl!.mean, 5);
    expect(attached!.perplexity.value).toBeCloseTo(merged!.perplexity.value, 3);
  });
});

describe("merging by hand", () => {
  const weight = "blk.0.attn_q.weight";
  const base = (name = weight, shape = [2, 3]): string => writeSmallFile(at(`${name}.gguf`), [{ name, shape, values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index) }]);

  it("adds scale · alpha ÷ rank · B·A to each row", async () => {
    // B·A of rank 1: rows 1, 2, 3 times (10, 100).
    const adapter = writeSmallAdapter(at("hand.gguf"), [{ name: `${weight}.lora_a`, shape: [2, 1], values: [10, 100] }, { name: `${weight}.lora_b`, shape: [1, 3], values: [1, 2, 3] }], 2);
    const { changed, path } = await merge({ base: base(), adapter, scale: 0.5, output: at("hand-merged.gguf") });
    expect(changed).toBe(1);
    expect(floatsOf(path, weight)).toEqual([10, 101, 22, 203, 34, 305]);
  });

  it("reads the change to a token embedding the other way round", async () => {
    const adapter = writeSmallAdapter(at("table.gguf"), [{ name: "token_embd.weight.lora_a", shape: [1, 3], values: [1, 2, 3] }, { name: "token_embd.weight.lora_b", shape: [1, 2], values: [10, 100] }], 0);
    const { path, notes } = await merge({ base: base("token_embd.weight"), adapter, scale: 1, output: at("table-merged.gguf") });
    expect(notes).toEqual(["The token embedding is this model's output as well, so the adapter changes both."]);
    expect(floatsOf(path, "token_embd.weight")).toEqual([10, 101, 22, 203, 34, 305]);
  });

  it("changes each expert by its own", async () => {
    const name = "blk.0.ffn_up_exps.weight";
    const adapter = writeSmallAdapter(at("experts.gguf"), [{ name: `${name}.lora_a`, shape: [2, 1, 2], values: [1, 0, 0, 1] }, { name: `${name}.lora_b`, shape: [1, 2, 2], values: [10, 20, 30, 40] }], 1);
    const { path } = await merge({ base: base(name, [2, 2, 2]), adapter, scale: 1, output: at("experts-merged.gguf") });
    expect(floatsOf(path, name)).toEqual([10, 1, 22, 3, 4, 35, 6, 47]);
  });
});

describe("a merge that fails leaves nothing", () => {
  const outcome = async (params: Partial<MergeParams>, options?: OutputOptions, signal?: AbortSignal): Promise<string> => {
    const before = readdirSync(folder);
    const error: unknown = await merge({ output: at("failed.gguf"), ...params }, options, signal).then(() => undefined, (reason: unknown) => reason);
    if (!(error instanceof HumanError)) throw new Error(`No HumanError but ${String(error)}`);
    expect(error.message).toMatch(/^[^\n]+\.$/);
    expect(readdirSync(folder)).toEqual(before);
    return `${error.code}: ${error.message}`;
  };

  it("another model's adapter, a model, and no adapter at all", async () => {
    const adapter = writeTinyAdapter(at("wide.gguf"), { columns: 512 });
    expect(await outcome({ adapter })).toMatch(/^unsupported: wide\.gguf is an adapter for another model: it changes “blk\.0\.attn_q\.weight” of 512 × 256/);
    expect(await outcome({ adapter: sampleModel() })).toMatch(/is no LoRA adapter/);
    expect(await outcome({ adapter: at("none.gguf") })).toMatch(/^notFound/);
    expect(await outcome({ base: at("style.gguf") })).toMatch(/^unsupported: style\.gguf is an adapter for another model/);
  });

  it("numbers that are none, and weights beyond half precision", async () => {
    const name = "blk.0.attn_q.weight";
    const half = (value: number): number[] => Array.from({ length: 256 }, () => value);
    const adapter = (value: number): string => writeSmallAdapter(at("numbers.gguf"), [{ name: `${name}.lora_a`, shape: [256, 1], values: half(1) }, { name: `${name}.lora_b`, shape: [1, 256], values: half(value) }], 1);
    adapter(1);
    expect(await outcome({ adapter: adapter(Number.NaN) })).toMatch(/^notReadable: blk\.0\.attn_q\.weight\.lora_b of numbers\.gguf holds numbers that are none/);
    expect(await outcome({ base: sampleModel(), adapter: adapter(70_000) })).toMatch(/^badArgument: With numbers\.gguf at scale 1, weights of blk\.0\.attn_q\.weight are too large for F16: take a smaller scale/);
    for (const scale of [0, Number.NaN, Infinity]) expect(await outcome({ scale })).toMatch(/^badArgument: The scale must be a number other than 0/);
  });

  it("types that are nothing without an importance matrix, and those that nothing writes", async () => {
    const name = "blk.0.attn_q.weight";
    const base = (type: string): string => writeSmallFile(at("small.gguf"), [{ name, type, shape: [256, 2], values: Array(1024).fill(0) }]);
    const adapter = writeTinyAdapter(at("two-rows.gguf"), { rows: 2 });
    expect(await outcome({ base: base("IQ3_XXS"), adapter })).toMatch(/^badArgument: blk\.0\.attn_q\.weight is IQ3_XXS and has to be quantized anew, and that needs an importance matrix/);
    expect(await outcome({ base: base("F64"), adapter })).toMatch(/^unsupported: blk\.0\.attn_q\.weight is stored as F64, which llama\.cpp reads but does not write/);
    const tiny = writeTinyModel(at("tiny-F16.gguf"));
    expect(await outcome({ imatrix: await writeMatrixFor(tiny, at("tiny.imatrix")) })).toMatch(/was made on another model/);
  });

  it("its own inputs as output, by a link as well, and any other file", async () => {
    symlinkSync(at("base-F32.gguf"), at("link.gguf"));
    writeFileSync(at("precious.gguf"), "precious");
    expect(await outcome({ output: at("base-F32.gguf") })).toMatch(/^sameFile/);
    expect(await outcome({ output: at("link.gguf") })).toMatch(/^sameFile/);
    expect(await outcome({ output: at("style.gguf") })).toMatch(/^outputExists/);
    expect(await outcome({ output: at("precious.gguf") })).toMatch(/^outputExists/);
    expect(readFileSync(at("precious.gguf"), "utf8")).toBe("precious");
  });

  it("a full disk, cancelling before and in the middle, and a file that llama.cpp refuses", async () => {
    expect(await outcome({}, { free: async () => 1000 })).toMatch(/^diskFull/);
    expect(await outcome({}, {}, AbortSignal.abort())).toMatch(/^cancelled/);
    const stop = new AbortController();
    const running = mergeAdapter({ base: at("base-F32.gguf"), adapter: at("style.gguf"), scale: 1, output: at("failed.gguf") }, ({ done }) => done === 5 && stop.abort(), stop.signal);
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect(await outcome({}, { tryLoad: () => Promise.reject(new Error("no.")) })).toMatch(/^failed: llama\.cpp does not take what was made/);
  });
});
