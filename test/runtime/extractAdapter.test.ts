import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterProblem } from "../../src/core/models/adapterProblem";
import type { ExtractParams, ExtractResult, WorkProgress } from "../../src/protocol/compression";
import { HumanError } from "../../src/protocol/humanError";
import { adapterInfo } from "../../src/runtime/adapters/adapterInfo";
import { extractAdapter } from "../../src/runtime/adapters/extractor";
import { mergeAdapter } from "../../src/runtime/adapters/merger";
import { quantize } from "../../src/runtime/compression/quantizer";
import type { OutputOptions } from "../../src/runtime/gguf/ggufOutput";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { sampleModel } from "./buildRuntime";
import { farthest, modelLogits } from "./modelLogits";
import { writePerturbed } from "./perturbedModel";
import { floatsOf, type SmallTensor, writeSmallAdapter, writeSmallFile } from "./smallFile";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-extract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const never = new AbortController().signal;
const tokens = Array.from({ length: 64 }, (_, index) => (index * index * 7 + index * 31 + 5) % 4096);
const matrices = /^blk\.\d+\.\w+\.weight$/;
const [base, tuned] = [at("base-F32.gguf"), at("tuned-F32.gguf")];

function extract(params: Partial<ExtractParams>, options: OutputOptions = {}, signal = never, onProgress: (progress: WorkProgress) => void = () => undefined): Promise<ExtractResult> {
  return extractAdapter({ base, tuned, output: at("adapter.gguf"), rank: 8, seed: 1, ...params }, onProgress, signal, options);
}

beforeAll(async () => {
  await writePerturbed(sampleModel(), base, "F32");
  await writePerturbed(sampleModel(), tuned, "F32", { tensors: /^blk\.[01]\.(attn|ffn)_\w+\.weight$(?<!_norm\.weight)/, amount: 0.02 });
});

describe("an extracted adapter", () => {
  it("of full rank makes the tuned model of its base, attached or merged", async () => {
    const { path, energy, matrices: kept, notes } = await extract({ rank: "full", output: at("full.gguf") });
    expect(energy).toBe(1);
    expect(notes).toEqual([expect.stringMatching(/^Larger than the matrices themselves/)]);
    expect(kept.every(({ name, rank, energy: own }) => matrices.test(name) && rank === 256 && own === 1)).toBe(true);
    const wanted = await modelLogits(tuned, tokens);
    expect(farthest(await modelLogits(base, tokens, [{ path, scale: 1 }]), wanted)).toBeLessThan(1e-3);
    expect(farthest(await modelLogits(base, tokens), wanted)).toBeGreaterThan(0.5);
    const merged = at("full-merged.gguf");
    await mergeAdapter({ base, adapter: path, scale: 1, output: merged }, () => undefined, never);
    expect(farthest(await modelLogits(merged, tokens), wanted)).toBeLessThan(1e-3);
  });

  it("of a lower rank keeps less, and says how much; more rank, more kept, nearer", async () => {
    const wanted = await modelLogits(tuned, tokens);
    const found: { energy: number; distance: number }[] = [];
    for (const rank of [4, 16, 64]) {
      const { path, energy, matrices: kept } = await extract({ rank, output: at(`rank-${rank}.gguf`) });
      expect(kept.every((matrix) => matrix.rank === rank)).toBe(true);
      found.push({ energy, distance: farthest(await modelLogits(base, tokens, [{ path, scale: 1 }]), wanted) });
    }
    expect(found.map(({ energy }) => energy)).toEqual([...found.map(({ energy }) => energy)].sort((a, b) => a - b));
    expect(found.map(({ distance }) => distance)).toEqual([...found.map(({ distance }) => distance)].sort((a, b) => b - a));
    expect(found[2]!.energy).toBeLessThan(1);
  });

  it("finds an adapter again that was merged", async () => {
    const [adapter, merged] = [at("rank-4.gguf"), at("rank-4-merged.gguf")];
    await mergeAdapter({ base, adapter, scale: 1, output: merged }, () => undefined, never);
    const { path, energy } = await extract({ tuned: merged, rank: 4, output: at("again.gguf") });
    expect(energy).toBeCloseTo(1, 5);
    const norms = async (file: string): Promise<readonly number[]> => (await adapterInfo(file)).matrices.map(({ norm }) => norm);
    const [own, again] = [await norms(adapter), await norms(path)];
    expect(again).toEqual(own.map((norm) => expect.closeTo(norm, 4)));
  });

  it("says what it is and where it comes from, and belongs to its base alone", async () => {
    const info = await adapterInfo(at("rank-4.gguf"));
    expect(info).toMatchObject({ architecture: "llama", alpha: 4, ranks: [4, 4], type: "F32", steps: [expect.stringMatching(/(^| )extract rank 4 from tuned-F32\.gguf$/)] });
    expect(info.targets).toEqual(["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]);
    expect(info.parameters).toBe(info.matrices.length / 7 * 4 * (4 * 512 + 3 * 1024));
    expect(info.base).toBeDefined();
    expect(adapterProblem(readHeader(base), readHeader(at("rank-4.gguf")))).toBeUndefined();
    expect(adapterProblem(readHeader(writeTinyModel(at("other.gguf"))), readHeader(at("rank-4.gguf")))).toMatch(/another model/);
  });

  it("comes out the same for the same seed", async () => {
    await extract({ output: at("same.gguf"), rank: 4 });
    const bytes = (file: string): Buffer => readFileSync(file).subarray(readHeader(file).dataOffset);
    expect(bytes(at("same.gguf")).equals(bytes(at("rank-4.gguf")))).toBe(true);
    await extract({ output: at("other-seed.gguf"), rank: 4, seed: 2 });
    expect(bytes(at("other-seed.gguf")).equals(bytes(at("rank-4.gguf")))).toBe(false);
  });

  it("holds the roundings of a quantized model as well, and says so", async () => {
    const { path } = await quantize({ input: tuned, output: at("tuned-Q8_0.gguf"), recipe: { type: "Q8_0" }, threads: 1 }, () => {}, never);
    const { notes } = await extract({ tuned: path, output: at("from-Q8_0.gguf") });
    expect(notes).toEqual([
      "tuned-Q8_0.gguf is quantized (Q8_0): its rounding errors are part of the difference.",
      "Left out, because no adapter that llama.cpp applies can hold them: 1 tensors that differ as well (token_embd).",
    ]);
  });
});

describe("extracting by hand", () => {
  const weight = (values: readonly number[], name = "blk.0.attn_q.weight", shape: readonly number[] = [2, 3]): SmallTensor => ({ name, shape, values });
  const files = (before: readonly SmallTensor[], after: readonly SmallTensor[]): Partial<ExtractParams> =>
    ({ base: writeSmallFile(at("small.gguf"), before), tuned: writeSmallFile(at("small-tuned.gguf"), after), output: at("small-adapter.gguf") });
  const [zeros, norm] = [[0, 0, 0, 0, 0, 0], { name: "blk.0.attn_norm.weight", shape: [2], values: [1, 1] }];

  it("keeps the larger of two directions, and names the norms that differ", async () => {
    const params = files([weight(zeros), norm], [weight([2, 0, 0, 1, 0, 0]), { ...norm, values: [1, 2] }]);
    const { path, energy, notes } = await extract({ ...params, rank: 1 });
    expect(energy).toBeCloseTo(0.8, 6);
    expect(notes).toEqual([expect.stringMatching(/: 1 tensors that differ as well \(attn_norm\)\.$/)]);
    const [a, b] = ["lora_a", "lora_b"].map((half) => floatsOf(path, `blk.0.attn_q.weight.${half}`));
    expect(b!.flatMap((left) => a!.map((right) => left * right))).toEqual([2, 0, 0, 0, 0, 0].map((value) => expect.closeTo(value, 6)));
    rmSync(path);
  });

  it("gives matrices of one adapter their own ranks under one alpha", async () => {
    const narrow = weight([1, 2, 3], "blk.0.ffn_up.weight", [1, 3]);
    const params = files([weight(zeros), { ...narrow, values: [0, 0, 0] }], [weight([2, 0, 0, 1, 0, 0]), narrow]);
    const { path, matrices: kept } = await extract({ ...params, rank: "full" });
    expect(kept).toEqual([{ name: "blk.0.attn_q.weight", rank: 2, energy: 1 }, { name: "blk.0.ffn_up.weight", rank: 1, energy: 1 }]);
    const info = await adapterInfo(path);
    expect(info).toMatchObject({ alpha: 2, ranks: [1, 2] });
    expect(info.matrices.map(({ norm: own }) => own)).toEqual([expect.closeTo(Math.sqrt(5), 6), expect.closeTo(Math.sqrt(14), 6)]);
    const merged = at("small-merged.gguf");
    await mergeAdapter({ base: params.base!, adapter: path, scale: 1, output: merged }, () => undefined, never);
    expect(floatsOf(merged, "blk.0.ffn_up.weight")).toEqual([1, 2, 3]);
    expect(floatsOf(merged, "blk.0.attn_q.weight")).toEqual([2, 0, 0, 1, 0, 0]);
    rmSync(path);
  });

  it("exchanges the halves of a token embedding that is only looked up", async () => {
    const table = (values: readonly number[]): SmallTensor => weight(values, "token_embd.weight");
    const output = weight(zeros, "output.weight");
    const { path } = await extract({ ...files([table(zeros), output], [table([1, 10, 2, 20, 3, 30]), output]), rank: 1 });
    const [a, b] = ["lora_a", "lora_b"].map((half) => readHeader(path).tensors.find(({ name }) => name.endsWith(half))?.shape);
    expect([a, b]).toEqual([[1, 3], [1, 2]]);
    const merged = at("table-merged.gguf");
    await mergeAdapter({ base: at("small.gguf"), adapter: path, scale: 1, output: merged }, () => undefined, never);
    expect(floatsOf(merged, "token_embd.weight")).toEqual([1, 10, 2, 20, 3, 30].map((value) => expect.closeTo(value, 5)));
    rmSync(path);
  });

  it("takes experts one by one", async () => {
    const name = "blk.0.ffn_up_exps.weight";
    const experts = (values: readonly number[]): SmallTensor => weight(values, name, [2, 2, 2]);
    const values = [1, 2, 2, 4, 0, 5, 0, 0];
    const { path, energy } = await extract({ ...files([experts([0, ...zeros, 0])], [experts(values)]), rank: 1 });
    expect(energy).toBeCloseTo(1, 6);
    const merged = at("experts-merged.gguf");
    await mergeAdapter({ base: at("small.gguf"), adapter: path, scale: 1, output: merged }, () => undefined, never);
    expect(floatsOf(merged, name)).toEqual(values.map((value) => expect.closeTo(value, 5)));
    rmSync(path);
  });

  it("knows the norm of what an adapter adds", async () => {
    // alpha ÷ rank is 3; B·A is [[10, 0], [20, 0]].
    const path = writeSmallAdapter(at("norm.gguf"), [weight([10, 0], "blk.0.attn_q.weight.lora_a", [2, 1]), weight([1, 2], "blk.0.attn_q.weight.lora_b", [1, 2])], 3);
    expect((await adapterInfo(path)).matrices).toEqual([{ name: "blk.0.attn_q.weight", rank: 1, norm: expect.closeTo(3 * Math.sqrt(500), 3) }]);
  });

  it("refuses adapters that are none", async () => {
    await expect(adapterInfo(sampleModel())).rejects.toThrow(/is no LoRA adapter/);
    await expect(adapterInfo(at("nowhere.gguf"))).rejects.toMatchObject({ code: "notFound" });
    const half = writeSmallAdapter(at("half.gguf"), [weight([10, 0], "x.lora_a", [2, 1])], 3);
    await expect(adapterInfo(half)).rejects.toThrow(/half/);
    const none = writeSmallAdapter(at("nan.gguf"), [weight([Number.NaN, 0], "x.lora_a", [2, 1]), weight([1, 2], "x.lora_b", [1, 2])], 3);
    await expect(adapterInfo(none)).rejects.toThrow(/holds numbers that are none/);
    writeFileSync(at("cut.gguf"), readFileSync(at("nan.gguf")).subarray(0, 200));
    await expect(adapterInfo(at("cut.gguf"))).rejects.toThrow(HumanError);
  });

  it("does not extract where there is nothing, or from numbers that are none", async () => {
    await expect(extract({ ...files([weight(zeros)], [weight(zeros)]) })).rejects.toThrow(/have the same weights, so there is nothing to extract/);
    await expect(extract({ ...files([weight(zeros), norm], [weight(zeros), { ...norm, values: [2, 2] }]) })).rejects.toThrow(/differs from small\.gguf only in 1 tensors that no adapter can hold \(blk\.0\.attn_norm\.weight\)/);
    await expect(extract({ ...files([weight(zeros)], [weight([1, 2, 3, Number.NaN, 5, 6])]) })).rejects.toThrow(/blk\.0\.attn_q\.weight of small-tuned\.gguf holds numbers that are none/);
    expect(readdirSync(folder)).not.toContain("small-adapter.gguf");
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});

describe("an extraction that fails leaves nothing", () => {
  const outcome = async (params: Partial<ExtractParams>, options?: OutputOptions, signal?: AbortSignal): Promise<string> => {
    const before = readdirSync(folder);
    const error: unknown = await extract({ output: at("failed.gguf"), ...params }, options, signal).then(() => undefined, (reason: unknown) => reason);
    if (!(error instanceof HumanError)) throw new Error(`No HumanError but ${String(error)}`);
    expect(error.message).toMatch(/^[^\n]+\.$/);
    expect(readdirSync(folder)).toEqual(before);
    return `${error.code}: ${error.message}`;
  };

  it("models that were not made from each other", async () => {
    const tiny = writeTinyModel(at("tiny.gguf"));
    const other = (name: string, model: Parameters<typeof writeTinyModel>[1]): string => writeTinyModel(at(name), model);
    expect(await outcome({ base: tiny, tuned: other("two.gguf", { blocks: 2 }) })).toMatch(/^unsupported: two\.gguf was not tuned from tiny\.gguf \(it has 2 blocks instead of 1\): choose/);
    expect(await outcome({ base: tiny, tuned: other("qwen.gguf", { architecture: "qwen2" }) })).toMatch(/its architecture is “qwen2”, not “llama”/);
    expect(await outcome({ base: tiny, tuned: other("words.gguf", { extraTokens: 3 }) })).toMatch(/its vocabulary is another one/);
    expect(await outcome({ base: tiny, tuned: other("wide.gguf", { feedForward: 768 }) })).toMatch(/blk\.0\.ffn_gate\.weight has 256 × 768 weights instead of 256 × 512/);
    expect(await outcome({ tuned: at("nowhere.gguf") })).toMatch(/^notFound/);
    expect(await outcome({ tuned: base })).toMatch(/^badArgument: base-F32\.gguf and base-F32\.gguf have the same weights/);
  });

  it.each([0, -1, 1.5, Number.NaN])("a rank of %d", async (rank) => {
    expect(await outcome({ rank })).toMatch(/^badArgument: The rank must be a whole number of at least 1/);
  });

  it("its own inputs as output, a full disk, cancelling at any moment", async () => {
    expect(await outcome({ output: base })).toMatch(/^sameFile/);
    expect(await outcome({}, { free: async () => 1000 })).toMatch(/^diskFull/);
    expect(await outcome({}, {}, AbortSignal.abort())).toMatch(/^cancelled/);
    for (const label of ["Comparing", "Decomposing"]) {
      const stop = new AbortController();
      const running = extract({ output: at("failed.gguf") }, {}, stop.signal, (progress) => progress.label === label && stop.abort());
      await expect(running).rejects.toMatchObject({ code: "cancelled" });
      expect(readdirSync(folder).filter((name) => name.startsWith("failed"))).toEqual([]);
    }
  });

  it("progress only grows, and ends with all", async () => {
    const seen: WorkProgress[] = [];
    await extract({ output: at("progress.gguf") }, {}, never, (progress) => seen.push(progress));
    const shares = seen.map(({ done, all }) => done / all);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});
