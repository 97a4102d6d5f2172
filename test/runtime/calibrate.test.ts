import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { HumanError, type HumanErrorCode } from "../../src/protocol/humanError";
import type { CalibrateParams } from "../../src/protocol/rpc";
import { calibrate } from "../../src/runtime/calibration/calibrator";
import { readMatrix } from "../../src/runtime/calibration/matrixFile";
import { quantize, sizes } from "../../src/runtime/compression/quantizer";
import { all, failureOf } from "../unit/client/client";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { never as neverToken, type RealClient, realClient } from "./realClient";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-calibrate-"));
const output = join(folder, "sample.imatrix.gguf");
const never = new AbortController().signal;
const text = readFileSync(resolve(__dirname, "../../media/samples/evaluation-text.txt"), "utf8");

function params(more: Partial<CalibrateParams> = {}): CalibrateParams {
  return { model: sampleModel(), texts: [{ name: "evaluation-text.txt", text }], output, context: 128, threads: 1, ...more };
}
function run(more: Partial<CalibrateParams> = {}, onProgress: (done: number) => void = () => {}, signal = never): ReturnType<typeof calibrate> {
  return calibrate(params(more), ({ chunk, totalChunks }) => onProgress(chunk / totalChunks), signal);
}

describe("calibrating", () => {
  it("writes a matrix for every weight of the blocks, which serves a level that needs one", async () => {
    const seen: number[] = [];
    const info = await run({ chunks: 10 }, (done) => seen.push(done));
    expect(info).toEqual({ path: output, tensors: 35, chunks: 10, chunkSize: 128, datasets: ["evaluation-text.txt"] });
    expect(seen).toEqual([0.4, 0.8, 1]);
    const { columns } = readMatrix(output);
    expect(columns.get("blk.0.ffn_down.weight")).toHaveLength(768);
    expect(columns.get("blk.0.attn_k.weight")).toEqual(columns.get("blk.0.attn_q.weight"));
    expect(columns.get("blk.0.attn_output.weight")).not.toEqual(columns.get("blk.0.attn_q.weight"));
    expect(columns.has("token_embd.weight")).toBe(false);
    const [size] = await sizes({ input: sampleModel(), recipes: [{ type: "IQ2_XXS", imatrix: output }] }, never);
    expect(size?.problem).toBeUndefined();
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("an input after RMS norm has as many squares as the norm's weights have", async () => {
    const model = writeTinyModel(join(folder, "tiny-F16.gguf"));
    const ones = join(folder, "ones.gguf");
    await run({ model, output: ones, context: 64, chunks: 2 });
    const columns = readMatrix(ones).columns.get("blk.0.attn_q.weight")!;
    // The norm's weights are 1, so each token's squares come to the number of columns, but for the norm's epsilon.
    expect(columns.reduce((sum, value) => sum + value, 0) / 256).toBeCloseTo(1, 2);
  });

  it("is the same however the chunks are grouped, and whatever precision the model has", async () => {
    const chunks = [0, 1].map((index) => ({ name: `${index}`, text: text.slice(3000 * index, 3000 * (index + 1)) }));
    const [one, two] = [join(folder, "one.gguf"), join(folder, "two.gguf")];
    await run({ texts: chunks, output: one, context: 16 });
    await run({ texts: chunks, output: two, context: 16 });
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    expect(readMatrix(one).info.datasets).toEqual(["0", "1"]);
    const eight = (await quantize({ input: sampleModel(), output: join(folder, "eight.gguf"), recipe: { type: "Q8_0" }, threads: 1 }, () => {}, never)).path;
    await run({ model: eight, texts: chunks, output: two, context: 16 });
    const [before, after] = [one, two].map((path) => readMatrix(path).columns.get("blk.2.ffn_up.weight")!);
    for (const [column, value] of before!.entries()) expect(Math.abs((after![column] ?? 0) / value - 1)).toBeLessThan(0.05);
  });
});

describe("faults", () => {
  async function refused(more: Partial<CalibrateParams>, code: HumanErrorCode, sentence: RegExp, signal = never): Promise<void> {
    const error: unknown = await run(more, undefined, signal).then(() => undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(HumanError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) as string });
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  }
  const fresh = join(folder, "fresh.gguf");

  it("no text, too little of it, odd numbers", async () => {
    await refused({ texts: [], output: fresh }, "textTooShort", /There is no text to calibrate on/);
    await refused({ texts: [{ name: "a", text: " \n" }], output: fresh }, "textTooShort", /There is no text/);
    await refused({ texts: [{ name: "a", text: "Short." }], output: fresh }, "textTooShort", /has \d+ tokens, fewer than one chunk of 128/);
    await refused({ context: 8, output: fresh }, "badArgument", /at least 16 tokens/);
    await refused({ context: 100_000, output: fresh }, "badArgument", /was trained for a context of \d+ tokens/);
    await refused({ chunks: 0, output: fresh }, "badArgument", /chunks must be at least 1/);
    expect(existsSync(fresh)).toBe(false);
  });

  it("no model, no folder, a full disk", async () => {
    await refused({ model: join(folder, "none.gguf"), output: fresh }, "notFound", /no file at/);
    await refused({ output: join(folder, "none", "a.gguf") }, "notFound", /There is no folder/);
    const full = calibrate(params({ output: fresh, chunks: 1 }), () => {}, never, { free: () => Promise.resolve(10) });
    await expect(full).rejects.toMatchObject({ code: "diskFull" });
    expect(existsSync(fresh)).toBe(false);
  });

  it("an output that is no matrix is left alone; an earlier matrix is replaced", async () => {
    const note = join(folder, "note.txt");
    writeFileSync(note, "precious");
    await refused({ output: note }, "outputExists", /is no importance matrix/);
    await refused({ output: sampleModel() }, "sameFile", /would overwrite the model/);
    expect(readFileSync(note, "utf8")).toBe("precious");
    await run({ output: fresh, chunks: 1 });
    expect((await run({ output: fresh, chunks: 2 })).chunks).toBe(2);
  });

  it("a model whose numbers are none", async () => {
    const model = writeTinyModel(join(folder, "nan-F16.gguf"), { embedding: "nan" });
    await refused({ model, output: join(folder, "nan.gguf"), context: 64 }, "failed", /computes numbers that are none/);
  });

  it("cancelled before it starts and in the middle, the old matrix stays", async () => {
    const place = join(folder, "kept.gguf");
    await run({ output: place, chunks: 1 });
    const before = readFileSync(place);
    await refused({ output: place }, "cancelled", /Cancelled/, AbortSignal.abort());
    const controller = new AbortController();
    await expect(run({ output: place }, () => controller.abort(), controller.signal)).rejects.toMatchObject({ code: "cancelled" });
    expect(readFileSync(place).equals(before)).toBe(true);
  });
});

describe("in a process of its own", () => {
  let real: RealClient;
  beforeAll(async () => {
    real = realClient(await buildRuntime(), folder);
  });
  afterAll(() => real.client.dispose());

  it("calibrates, tells what a matrix says of itself, and weighs tensor errors with it", async () => {
    const place = join(folder, "process.gguf");
    const events = await all(real.client.calibrate(params({ output: place, chunks: 8 }), neverToken));
    expect(events.map((event) => (event.kind === "progress" ? event.progress.chunk : event.result.chunks))).toEqual([4, 8, 8]);
    expect(await real.client.imatrix(place, neverToken)).toMatchObject({ path: place, chunks: 8, tensors: 35 });
    expect(await failureOf(real.client.imatrix(sampleModel(), neverToken))).toMatchObject({ code: "badArgument" });
    const errors = async (imatrix?: string): Promise<number> => {
      const event = (await all(real.client.tensorErrors({ input: sampleModel(), types: ["Q3_K"], imatrix, sampledWeights: 100_000, threads: 1 }, neverToken))).at(-1);
      return event?.kind === "result" ? event.result.find(({ name }) => name === "blk.0.ffn_down.weight")?.errors.Q3_K ?? NaN : NaN;
    };
    // Quantizing with the matrix spares the columns that it finds important.
    expect(await errors(place)).toBeLessThan(await errors());
  });

  it("cancelling ends it and leaves nothing behind", async () => {
    const place = join(folder, "cancelled.gguf");
    const cancellation = new CancellationTokenSource();
    const failed = await failureOf((async () => {
      for await (const event of real.client.calibrate(params({ output: place }), cancellation.token)) if (event.kind === "progress") cancellation.cancel();
    })());
    expect(failed.code).toBe("cancelled");
    expect(readdirSync(folder).filter((name) => name.startsWith("cancelled"))).toEqual([]);
  });
});
