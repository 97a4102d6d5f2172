import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { HumanError, type HumanErrorCode } from "../../src/protocol/humanError";
import { mergeScores } from "../../src/core/evaluation/score";
import type { QuantType, ScoreState } from "../../src/protocol/model";
import type { MeasureParams, MeasureProgress, MeasureResult } from "../../src/protocol/rpc";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { quantize, sizes } from "../../src/runtime/compression/quantizer";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { sampleModel } from "./buildRuntime";
import { renameKeys, setNumber } from "./ggufPatch";
import { tinyModel, tinyVocabulary, writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-measure-"));
const base = join(folder, "tiny-F16.gguf");
const never = new AbortController().signal;
/** Every byte is a token of the tiny model, but a blank is three (SentencePiece writes it as U+2581), and one more is put first. */
const text = "This Agreement shall be governed by the laws of the State of New York. ".repeat(5);
const context = 64;

async function level(type: QuantType): Promise<string> {
  const { path } = await quantize({ input: base, output: join(folder, `tiny-${type}.gguf`), recipe: { type }, threads: 1 }, () => {}, never);
  return path;
}

const levels: Partial<Record<QuantType, string>> = {};
beforeAll(async () => {
  writeTinyModel(base);
  for (const type of ["Q8_0", "Q4_K_M", "Q2_K"] as const) levels[type] = await level(type);
});

function run(params: Partial<MeasureParams>, onProgress: (progress: MeasureProgress) => void = () => {}, signal = never): Promise<MeasureResult> {
  return measure({ base, variants: [], text, context, threads: 1, generation: false, ...params }, onProgress, signal);
}

async function failure(work: Promise<unknown>, code: HumanErrorCode): Promise<string> {
  const error = await work.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof HumanError)) throw new Error(`No HumanError but ${String(error)}`);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error.message;
}

describe("measuring", () => {
  it("gives a model that knows nothing a perplexity of its vocabulary's size", async () => {
    const blank = writeTinyModel(join(folder, "blank-F16.gguf"), { embedding: "zero" });
    const { rows, chunks } = await run({ base: blank, variants: [blank] });
    expect(chunks).toBe(7);
    expect(rows[0]?.perplexity).toEqual({ value: expect.closeTo(tinyVocabulary, 2), error: expect.closeTo(0, 4) });
    expect(rows[1]?.kl?.mean).toBe(0);
    expect(rows[1]?.top1Agreement).toBe(1);
  });

  it("finds a model to be itself", async () => {
    const { rows: [own, twin] } = await run({ variants: [base] });
    expect(own).not.toHaveProperty("kl");
    expect(twin).toMatchObject({ perplexity: own?.perplexity, kl: { mean: 0, error: 0, median: 0, p99: 0 }, top1Agreement: 1 });
  });

  it("shows that smaller levels stray further, and says what they are", async () => {
    const { rows } = await run({ variants: [levels.Q8_0, levels.Q4_K_M, levels.Q2_K].map(String), generation: true });
    expect(rows.map(({ type }) => type)).toEqual(["F16", "Q8_0", "Q4_K_M", "Q2_K"]);
    const divergences = rows.slice(1).map(({ kl }) => kl?.mean ?? 0);
    expect(divergences[0]).toBeGreaterThan(0);
    expect(divergences).toEqual([...divergences].sort((a, b) => a - b));
    for (const { bytes, bitsPerWeight, promptTokensPerSecond, generationTokensPerSecond } of rows) {
      expect(bitsPerWeight).toBeLessThanOrEqual((8 * bytes) / 700_000);
      expect(promptTokensPerSecond).toBeGreaterThan(0);
      expect(generationTokensPerSecond).toBeGreaterThan(0);
    }
  });

  it("is the same every time, and for the first chunks whatever follows", async () => {
    const two = await run({ variants: [String(levels.Q2_K)], chunks: 2 });
    const seen: MeasureProgress[] = [];
    await run({ variants: [String(levels.Q2_K)] }, (progress) => seen.push(progress));
    expect(two.chunks).toBe(2);
    expect(seen[1]?.rows.map(({ perplexity, kl }) => [perplexity, kl])).toEqual(two.rows.map(({ perplexity, kl }) => [perplexity, kl]));
  });

  it("reports all rows after every chunk, and the share of the work done", async () => {
    const seen: MeasureProgress[] = [];
    const { rows } = await run({ variants: [String(levels.Q2_K)], generation: true }, (progress) => seen.push(progress));
    expect(seen.map(({ chunks, totalChunks }) => [chunks, totalChunks])).toEqual([1, 2, 3, 4, 5, 6, 7, 7].map((chunk) => [chunk, 7]));
    expect(seen.map(({ fraction }) => fraction)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((step) => step / 8));
    expect(seen.every((progress) => progress.rows.length === 2 && progress.rows[1]?.kl !== undefined)).toBe(true);
    expect(seen.at(-1)?.rows).toEqual(rows);
  });

  it("goes on from where an earlier run ended, as if it had never stopped", async () => {
    const variants = [String(levels.Q8_0), String(levels.Q2_K)];
    const whole = await run({ variants, chunks: 4 });
    const added: ScoreState[][] = [];
    await run({ variants, chunks: 2 }, (progress) => added.push([...progress.added]));
    expect(added).toHaveLength(2);
    const states = (added[0] ?? []).map((state, index) => mergeScores(state, added[1]?.[index] ?? state));
    const seen: MeasureProgress[] = [];
    const resumed = await run({ variants, chunks: 4, resume: { chunks: 2, states } }, (progress) => seen.push(progress));
    const figures = ({ rows }: MeasureResult): unknown[] => rows.map(({ perplexity, kl, top1Agreement, chunks }) => [perplexity, kl, top1Agreement, chunks]);
    expect(figures(resumed)).toEqual(figures(whole));
    expect(seen.map(({ chunks, fraction }) => [chunks, fraction])).toEqual([[3, 0.75], [4, 1]]);
    expect(seen.map((progress) => progress.added.map(({ positions, divergences }) => [positions, divergences.length]))).toEqual(Array(2).fill([[31, 0], [31, 31], [31, 31]]));
  });

  it("has nothing left to decode when the earlier run was whole", async () => {
    const added: ScoreState[] = [];
    const before = await run({ chunks: 1 }, (progress) => added.push(...progress.added));
    const after = await run({ chunks: 1, resume: { chunks: 1, states: added } }, () => expect.unreachable());
    expect(after.rows[0]?.perplexity).toEqual(before.rows[0]?.perplexity);
  });

  it("says what the library allocated for each model", async () => {
    const { rows } = await run({ variants: [String(levels.Q8_0)] });
    const [own, small] = rows.map(({ memory }) => memory);
    // One block of keys and values of 256 numbers of 2 bytes, for 8 sequences of 64 tokens that are padded to 256.
    expect(own?.cache).toBe(2 * 256 * 2 * 8 * 256);
    expect(own?.weights).toBeGreaterThan(1_400_000);
    expect(small?.weights).toBeLessThan(own?.weights ?? 0);
    expect(own?.compute).toBeGreaterThan(0);
  });

  it("warns of a text whose language the model hardly knows", async () => {
    const sample = sampleModel();
    const english = readFileSync(join(__dirname, "../../media/samples/supply-agreement.md"), "utf8");
    const russian = "Настоящий договор регулируется законодательством страны, и все споры решаются в суде по месту нахождения поставщика. ".repeat(20);
    const measured = (words: string): Promise<MeasureResult> => run({ base: sample, text: words, context: 256, chunks: 2 });
    expect((await measured(english)).warning).toBeUndefined();
    expect((await measured(russian)).warning).toMatch(/^contracts.*\.gguf .*hardly knows the text's language/);
  });

  it("lets other work in between", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await run({});
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe("faults", () => {
  it("a text that is empty or shorter than two chunks", async () => {
    expect(await failure(run({ text: " \n" }), "textTooShort")).toMatch(/^There is no text/);
    expect(await failure(run({ text: text.slice(0, 60) }), "textTooShort")).toMatch(/has 8\d tokens/);
  });

  it("a context that the model was not trained for, or none to speak of", async () => {
    expect(await failure(run({ context: 256, text: text.repeat(4) }), "badArgument")).toMatch(/trained for a context of 128 tokens/);
    await failure(run({ context: 4 }), "badArgument");
    await failure(run({ context: 64.5 }), "badArgument");
    await failure(run({ chunks: 0 }), "badArgument");
  });

  it("a variant of another model", async () => {
    const other = writeTinyModel(join(folder, "other-F16.gguf"), { extraTokens: 5 });
    expect(await failure(run({ variants: [other] }), "vocabularyMismatch")).toMatch(/other-F16\.gguf and tiny-F16\.gguf .* \(264 and 259 tokens\)/);
  });

  it("a variant that cannot be loaded", async () => {
    const cut = join(folder, "cut.gguf");
    writeFileSync(cut, tinyModel().subarray(0, 50_000));
    expect(await failure(run({ variants: [cut] }), "truncated")).toContain("cut.gguf");
    await failure(run({ variants: [join(folder, "none.gguf")] }), "notFound");
    const unknown = writeTinyModel(join(folder, "unknown.gguf"), { architecture: "nosuch" });
    expect(await failure(run({ variants: [unknown] }), "failed")).toMatch(/unknown\.gguf cannot be loaded \(.*nosuch/);
  });

  it("a model that llama.cpp would end the process over", async () => {
    const headless = join(folder, "headless.gguf");
    writeFileSync(headless, tinyModel());
    setNumber(headless, "llama.attention.head_count", 0);
    const twice = join(folder, "twice.gguf");
    renameKeys(base, twice, "<0x41>", "<0x42>");
    for (const path of [headless, twice]) {
      expect(await failure(run({ variants: [path] }), "notGguf")).toContain(basename(path));
      await failure(sizes({ input: path, recipes: [{ type: "Q8_0" }] }, never), "notGguf");
      await failure(quantize({ input: path, output: join(folder, "out.gguf"), recipe: { type: "Q8_0" }, threads: 1 }, () => {}, never), "notGguf");
    }
  });

  it("lets listeners of the native log end in any order", () => {
    const { llama, log } = openNativeLibrary();
    const heard: string[] = [];
    const stopFirst = log.listen(() => heard.push("first"));
    const stopSecond = log.listen(() => heard.push("second"));
    const fail = (): unknown => llama.loadModel(join(folder, "no-such-model.gguf"), llama.modelDefaultParams());
    fail();
    expect(new Set(heard)).toEqual(new Set(["first", "second"]));
    stopFirst();
    heard.length = 0;
    fail();
    expect(new Set(heard)).toEqual(new Set(["second"]));
    stopSecond();
    heard.length = 0;
    fail();
    expect(heard).toEqual([]);
  });

  it("a variant that is another model with the same vocabulary", async () => {
    const deeper = writeTinyModel(join(folder, "deeper.gguf"), { blocks: 2 });
    const wider = writeTinyModel(join(folder, "wider.gguf"), { width: 512 });
    expect(await failure(run({ variants: [deeper] }), "badArgument")).toMatch(/^deeper\.gguf is another model \(llama, 2 blocks, width 256\) than tiny-F16\.gguf \(llama, 1 blocks/);
    expect(await failure(run({ variants: [wider] }), "badArgument")).toMatch(/width 512/);
  });

  it("an earlier run of other models or of other chunks", async () => {
    const state: ScoreState = { positions: 31, nllMean: 5, nllSquares: 1, divergences: [], agreements: 0 };
    for (const resume of [
      { chunks: 1, states: [] }, { chunks: 1, states: [state, state] }, { chunks: 2, states: [state] }, { chunks: 1, states: [{ ...state, divergences: [1] }] },
      { chunks: 8, states: [{ ...state, positions: 8 * 31 }] },
    ]) {
      expect(await failure(run({ resume }), "badArgument")).toMatch(/cannot go on/);
    }
  });

  it("a model that computes no numbers", async () => {
    const broken = writeTinyModel(join(folder, "broken.gguf"), { embedding: "nan" });
    expect(await failure(run({ variants: [broken] }), "failed")).toMatch(/^broken\.gguf: .*not finite/);
  });

  it("cancelled before it starts and after the second chunk", async () => {
    await failure(run({}, () => {}, AbortSignal.abort()), "cancelled");
    const controller = new AbortController();
    const seen: number[] = [];
    const stopped = run({}, ({ chunks }) => {
      seen.push(chunks);
      if (chunks === 2) controller.abort();
    }, controller.signal);
    await failure(stopped, "cancelled");
    expect(seen).toEqual([1, 2]);
  });
});
