import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeModel } from "../../../../src/core/gguf/header";
import { HumanError } from "../../../../src/protocol/humanError";
import type { MeasuredRow, ScoreState } from "../../../../src/protocol/model";
import { CancellationTokenSource, type MeasureParams, type MeasureProgress, type MeasureResult, type QuantizeParams } from "../../../../src/protocol/rpc";
import { CompressionJobs } from "../../../../src/services/compressionJobs";
import { readGgufFile } from "../../../../src/services/ggufFile";
import { JsonStore } from "../../../../src/services/jsonStore";
import type { Job, Runtime } from "../../../../src/services/ports";
import { TradeoffStudy } from "../../../../src/services/tradeoffs/study";
import { ggufBytes } from "../../ggufBytes";

const chunk: ScoreState = { positions: 2, nllMean: 1, nllSquares: 0, divergences: [0.1, 0.1], agreements: 2 };

/** A runtime that fails where a test wants it to; what it measures is of no interest here. */
class FaultyRuntime {
  measured: MeasureParams[] = [];
  written: string[] = [];
  fault: (params: MeasureParams) => Error | undefined = () => undefined;
  memory = async () => ({ weights: 0, cache: 1000, compute: 1000 });
  bandwidth = async () => 1e9;
  async *tensorErrors(): ReturnType<Runtime["tensorErrors"]> {
    yield { kind: "result", result: [{ name: "a", shape: [256, 8], type: "F32", bytes: 8192, errors: { Q8_0: 1e-4, Q4_0: 1e-2 } }] };
  }
  machine = async () => ({ totalMemory: 2 ** 34, freeMemory: 2 ** 33, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 2 });
  sizes = async () => (["Q8_0", "Q4_0"] as const).map((type, index) => ({ type, bytes: 5000 - 2000 * index, bitsPerWeight: 8 - 4 * index, fallbacks: 0, tensorTypes: { a: type } }));
  async *quantize({ output, recipe: { type } }: QuantizeParams): ReturnType<Runtime["quantize"]> {
    this.written.push(output);
    await writeFile(output, "x");
    yield { kind: "result", result: { path: output, type, bytes: 1, bitsPerWeight: 8, fallbacks: 0, seconds: 0 } };
  }
  async *measure(params: MeasureParams): Job<MeasureProgress, MeasureResult> {
    this.measured.push(params);
    // As the runtime refuses it: every state must rest on as many positions as the chunks have.
    const done = params.resume?.chunks ?? 0;
    if (params.resume?.states.some(({ positions }) => positions !== 2 * done)) throw new HumanError("badArgument", "The earlier measurement was of other chunks.");
    const rowsAt = (chunks: number): MeasuredRow[] => [params.base, ...params.variants].map((path): MeasuredRow => ({
      path, type: "Q8_0", bytes: 1, bitsPerWeight: 8, perplexity: { value: done > 0 ? 6 : 5, error: 0.1 }, kl: { mean: 0.1, error: 0, median: 0.1, p99: 0.1 },
      top1Agreement: 0.97, promptTokensPerSecond: 1, generationTokensPerSecond: 1, chunks,
    }));
    if (done === 0) yield { kind: "progress", progress: { chunks: 1, totalChunks: 2, fraction: 0.5, rows: rowsAt(1), added: [params.base, ...params.variants].map(() => chunk) } };
    const fault = this.fault(params);
    if (fault) throw fault;
    yield { kind: "result", result: { chunks: 2, rows: rowsAt(2) } };
  }
}

const log = { info: () => {}, error: () => {} };
let folder: string;
let runtime: FaultyRuntime;
let study: TradeoffStudy;
let newStudy: () => TradeoffStudy;
const token = new CancellationTokenSource().token;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-study-"));
  const path = join(folder, "Tiny-F32.gguf");
  await writeFile(path, ggufBytes({ "general.architecture": "llama", "general.file_type": 0 }, [{ name: "a", shape: [256, 8] }]));
  const { header, bytes } = await readGgufFile(path);
  runtime = new FaultyRuntime();
  const ported = runtime as unknown as Runtime;
  newStudy = () => new TradeoffStudy(
    { runtime: ported, jobs: new CompressionJobs(ported, { threads: () => 1 }), log, store: new JsonStore(folder, log), scratch: join(folder, "scratch"), threads: () => 1, contextSize: () => 512, measuring: () => ({ context: 512, chunks: 2 }) },
    describeModel(path, header, bytes),
    { name: "a.md", kind: "document", text: "word ".repeat(3000) },
  );
  study = newStudy();
  await study.open(token);
});
afterEach(async () => {
  study.dispose();
  await rm(folder, { recursive: true, force: true });
});

const statuses = () => study.snapshot.rows.map(({ type, status }) => `${type} ${status}`);

describe("tradeoff study", () => {
  it("measures all levels in one decoding of the original, names one to take, and clears up", async () => {
    await study.measure(["Q8_0", "Q4_0"], token);
    expect(runtime.measured).toHaveLength(1);
    expect(statuses()).toEqual(["F32 measured", "Q8_0 measured", "Q4_0 measured"]);
    expect(study.snapshot.advice?.key).toBe("Q4_0");
    expect(study.snapshot.progress).toBeUndefined();
    expect(runtime.written.filter((path) => existsSync(path))).toEqual([]);
  });

  it("lets one faulty level fail alone", async () => {
    runtime.fault = ({ variants }) => (variants.some((path) => path.includes("Q4_0")) ? new HumanError("failed", "Q4_0.gguf answers with no numbers.") : undefined);
    await study.measure(["Q8_0", "Q4_0"], token);
    expect(statuses()).toEqual(["F32 measured", "Q8_0 measured", "Q4_0 failed"]);
    expect(study.snapshot.rows[2]?.problem).toBe("Q4_0.gguf answers with no numbers.");
    expect(study.snapshot.problem).toBeUndefined();
  });

  it("tells a crash once, keeps what was measured, and can go on", async () => {
    runtime.fault = () => new HumanError("runtimeCrashed", "The native runtime ended.");
    await study.measure(["Q8_0"], token);
    expect(study.snapshot.problem).toBe("The native runtime ended. The figures rest on 1 of 2 chunks of the text: measure again for the rest.");
    expect(study.snapshot.rows.some(({ unfinished }) => unfinished)).toBe(true);
    runtime.fault = () => undefined;
    await study.measure(["Q8_0"], token);
    expect(study.snapshot.problem).toBeUndefined();
    expect(study.snapshot.rows.some(({ unfinished }) => unfinished)).toBe(false);
    expect(runtime.measured[0]?.resume).toBeUndefined();
    expect(runtime.measured[1]?.resume).toEqual({ chunks: 1, states: [chunk, chunk] });
    expect(runtime.written.filter((path) => existsSync(path))).toEqual([]);
  });

  it("refuses a second measurement while one runs", async () => {
    const first = study.measure(["Q8_0"], token);
    await expect(study.measure(["Q4_0"], token)).rejects.toThrow(/A measurement is running/);
    await first;
  });

  it("takes a file beside the model for a level only when its size is right", async () => {
    await writeFile(join(folder, "Tiny-Q8_0.gguf"), Buffer.alloc(5000));
    await writeFile(join(folder, "Tiny-Q4_0.gguf"), Buffer.alloc(77));
    await study.open(token);
    expect(study.snapshot.rows.map(({ existing }) => existing !== undefined)).toEqual([false, true, false]);
  });

  it("shows again at once what was measured before, also to another study of the same file and text", async () => {
    await study.measure(["Q8_0"], token);
    const again = newStudy();
    await again.open(token);
    expect(again.snapshot.rows.map(({ key, status }) => `${key} ${status}`)).toEqual(["base measured", "Q8_0 measured", "Q4_0 unmeasured"]);
    await again.setText({ name: "b.md", kind: "document", text: "other ".repeat(3000) });
    expect(again.snapshot.rows.map(({ status }) => status)).toEqual(["unmeasured", "unmeasured", "unmeasured"]);
    again.dispose();
  });

  it("foretells every level, and moves all forecasts with one measurement", async () => {
    const kl = (key: string) => study.snapshot.rows.find((row) => row.key === key)?.forecast?.kl;
    const before = kl("Q4_0");
    expect(kl("Q8_0")!.value).toBeLessThan(before!.value);
    await study.measure(["Q8_0"], token);
    expect(kl("Q4_0")!.value).toBeGreaterThan(before!.value);
    expect(kl("Q4_0")!.high / kl("Q4_0")!.low).toBeLessThan(before!.high / before!.low);
  });

  it("counts memory with the cache and buffers of the chosen context, on the machine asked about", async () => {
    expect(study.snapshot.rows[1]?.memory).toEqual({ weights: expect.any(Number) as number, cache: 1000, compute: 1000 });
    study.setMachine("laptop-16");
    expect(study.snapshot.machine.totalMemory).toBe(16 * 1024 ** 3);
    expect(study.snapshot.machineId).toBe("laptop-16");
  });

  it("goes on with a stopped level when the original is whole already, and leaves the original's figures as they are", async () => {
    await study.measure(["Q8_0"], token);
    runtime.fault = () => new HumanError("cancelled", "Cancelled.");
    await study.measure(["Q4_0"], token);
    expect(study.snapshot.warning).toMatch(/^Stopped\. The figures rest on 1 of 2 chunks/);
    expect(study.snapshot.problem).toBeUndefined();
    expect(study.snapshot.rows.some(({ unfinished }) => unfinished)).toBe(true);
    runtime.fault = () => undefined;
    await study.measure(["Q4_0"], token);
    expect(study.snapshot.problem).toBeUndefined();
    expect(runtime.measured.at(-1)?.resume?.chunks).toBe(1);
    expect(study.snapshot.rows.map(({ measured }) => measured?.perplexity.value)).toEqual([5, 5, 6]);
    expect(study.snapshot.rows.some(({ unfinished }) => unfinished)).toBe(false);
  });

  it("does not take a file for a level that is older than the original", async () => {
    await writeFile(join(folder, "Tiny-Q8_0.gguf"), Buffer.alloc(5000));
    await utimes(join(folder, "Tiny-Q8_0.gguf"), 1, 1);
    await study.refreshExisting();
    expect(study.snapshot.rows[1]?.existing).toBeUndefined();
  });

  it("keeps results of levels with and without a matrix apart, also while one is being chosen", async () => {
    await writeFile(join(folder, "m.imatrix.gguf"), "one");
    const matrix = { path: join(folder, "m.imatrix.gguf"), tensors: 1, chunks: 1, chunkSize: 512, datasets: ["a.md"] };
    await study.measure(["Q8_0"], token);
    const [first] = await Promise.all([study.useMatrix(matrix, token), study.useMatrix(undefined, token)]);
    expect(first).toBeUndefined();
    expect(study.snapshot.imatrix).toBeUndefined();
    expect(study.entry("Q8_0")?.recipe.imatrix).toBeUndefined();
    expect(study.snapshot.rows[1]?.status).toBe("measured");
    await study.useMatrix(matrix, token);
    expect(study.entry("Q8_0")?.recipe.imatrix).toBe(matrix.path);
    expect(study.snapshot.rows[1]?.status).toBe("unmeasured");
    expect(study.snapshot.rows[1]?.klWithoutMatrix).toBe(0.1);
  });

  it("takes a text that is chosen meanwhile when the measurement has ended", async () => {
    const running = study.measure(["Q8_0"], token);
    await study.setText({ name: "b.md", kind: "document", text: "other ".repeat(3000) });
    expect(study.snapshot.text.name).toBe("a.md");
    await running;
    expect(study.snapshot.text.name).toBe("b.md");
    expect(study.snapshot.rows[1]?.status).toBe("unmeasured");
  });

  it("leaves nothing in its scratch folder, and clears up after a process that died", async () => {
    await mkdir(join(folder, "scratch", "measuring-999999999-x"), { recursive: true });
    await study.measure(["Q8_0"], token);
    await study.ended();
    expect(await readdir(join(folder, "scratch"))).toEqual([]);
  });
});
