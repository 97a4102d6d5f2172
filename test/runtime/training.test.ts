import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { TrainParams, TrainProgress, TrainResult, TrainSettings } from "../../src/protocol/compression";
import { quantize } from "../../src/runtime/compression/quantizer";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { train } from "../../src/runtime/training/trainer";
import { buildRuntime } from "./buildRuntime";
import { never, realClient } from "./realClient";
import { tinyVocabulary, writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-train-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = (name: string): string => join(folder, name);

/** Words that come again and again, which even a tiny model learns. */
const text = "the parties agree that the price is due on the first day of each month. ".repeat(14);
const settings: TrainSettings = {
  context: 64, epochs: 2, learningRate: 1e-3, warmUp: 0.1, finalRate: 0.1, weightDecay: 0, temperature: 1, hardShare: 0, labels: "distribution",
  validationShare: 0.1, patience: 100, seed: 1,
};
const adapter = { rank: 4, alpha: 8, targets: ["attn_q", "ffn_down", "ffn_up"] };
let student: string;
let teacher: string;

beforeAll(() => {
  teacher = writeTinyModel(place("teacher-F16.gguf"), { blocks: 2, metadata: { "decant.lexicon": "kept" } });
  student = writeTinyModel(place("student-F16.gguf"), { metadata: { "decant.lexicon": "kept" } });
});

type Change = Omit<Partial<TrainParams>, "settings"> & { readonly settings?: Partial<TrainSettings> };

function params(name: string, { settings: own, ...change }: Change = {}): TrainParams {
  const output = place(`${name}.gguf`);
  return { student, data: { kind: "texts", texts: [{ name: "t", text }] }, output, checkpoint: `${output}.checkpoint`, threads: 1, ...change, settings: { ...settings, ...own } };
}

const run = (name: string, change: Change = {}, onProgress: (progress: TrainProgress) => void = () => {}, signal = new AbortController().signal, options = {}): Promise<TrainResult> =>
  train(params(name, change), onProgress, signal, options);

const left = (name: string): readonly string[] => readdirSync(folder).filter((file) => file.startsWith(name));

async function refused(name: string, change: Change, code: string, sentence: RegExp, options = {}): Promise<void> {
  await expect(run(name, change, undefined, undefined, options)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) as string });
  expect(left(name)).toEqual([]);
}

describe("all weights", () => {
  it("learn from a text, and all the rest of the file stays", async () => {
    const reports: TrainProgress[] = [];
    const result = await run("text", {}, (progress) => reports.push(progress));
    const { steps } = result;
    expect(result.validationBest).toBeLessThan(result.validationBefore - 2);
    expect(result).toMatchObject({ stopped: "finished", bestStep: steps, tokens: steps * 64 });
    expect(result.points.map(({ step }) => step)).toEqual(Array.from({ length: steps + 1 }, (_, index) => index));
    expect(result.points.filter(({ validation }) => validation !== undefined).map(({ step }) => step)).toEqual([0, steps / 2, steps]);
    expect(new Set(reports.map(({ phase }) => phase))).toEqual(new Set(["preparing", "training", "validating", "writing"]));
    const [before, after] = [readHeader(student), readHeader(result.path)];
    expect(after.tensors.map(({ name, type }) => [name, type])).toEqual(before.tensors.map(({ name, type }) => [name, type]));
    expect(after.metadata).toMatchObject({ "decant.lexicon": "kept", "decant.step": "train", "decant.parent": "student-F16.gguf" });
    expect(left("text")).toEqual(["text.gguf"]);
  });

  it("the temperature and the share of true tokens change what is learnt, pieces do not change what a step is", async () => {
    const short = { epochs: 1 };
    const lossOf = async (name: string, own: Partial<TrainSettings>, withTeacher = true): Promise<number> => (await run(name, { ...(withTeacher && { teacher }), settings: { ...short, ...own } })).validationBefore;
    const [cold, warm, hard, own] = [await lossOf("cold", { temperature: 0.1 }), await lossOf("warm", { temperature: 1 }), await lossOf("hard", { hardShare: 1 }), await lossOf("own", {}, false)];
    expect(Math.abs(cold - warm)).toBeGreaterThan(1e-3);
    expect(hard).toBeCloseTo(own, 5);
    const whole = await run("whole", { settings: { ...short, labels: "drawn" } });
    const pieces = await run("pieces", { settings: { ...short, labels: "drawn", piece: 16 } });
    expect(pieces.steps).toBe(whole.steps);
    expect(pieces.validationBest).toBeCloseTo(whole.validationBest, 1);
  });

  it("the same seed gives the same bytes, another one others", async () => {
    const bytes = async (name: string, seed: number): Promise<Buffer> => {
      const { path } = await run(name, { teacher, settings: { seed, epochs: 1, learningRate: 1e-4, labels: "drawn" } });
      return readFileSync(path);
    };
    const first = await bytes("seed1", 7);
    rmSync(place("seed1.gguf"));
    expect((await bytes("seed1", 7)).equals(first)).toBe(true);
    rmSync(place("seed1.gguf"));
    expect((await bytes("seed1", 8)).equals(first)).toBe(false);
  });

  it("stop early, and the best values are kept", async () => {
    const result = await run("early", { settings: { epochs: 50, learningRate: 2e-2, patience: 2, validateEvery: 5 } });
    expect(result.stopped).toBe("early");
    expect(result.steps).toBeGreaterThan(result.bestStep);
    expect(result.notes.join(" ")).toMatch(/Stopped early/);
  });
});

describe("the sample model", () => {
  const sample = "media/models/contracts-5m-F16.gguf";
  const few = { context: 64, learningRate: 2e-5, epochs: 6, warmUp: 0, validationShare: 0.3 };
  const told = { kind: "texts" as const, texts: [{ name: "t", text: readFileSync("media/samples/evaluation-text.txt", "utf8").slice(0, 1000) }] };
  let rounded: string;
  beforeAll(async () => {
    await quantize({ input: sample, output: (rounded = place("rounded-Q2_K.gguf")), recipe: { type: "Q2_K" }, threads: 1 }, () => {}, new AbortController().signal);
  });

  /** Mean losses of the first and the last time that every sequence was learnt from. */
  function firstAndLast({ points, steps }: TrainResult, epochs: number): readonly [first: number, last: number] {
    const each = steps / epochs;
    const mean = (list: TrainResult["points"]): number => list.reduce((sum, { loss }) => sum + loss, 0) / list.length;
    expect(points.length).toBe(steps + 1);
    return [mean(points.slice(1, 1 + each)), mean(points.slice(-each))];
  }

  it("learns the next tokens of a text with all its weights", async () => {
    const result = await run("sample", { student: sample, data: told, settings: few });
    const [first, last] = firstAndLast(result, few.epochs);
    expect(last).toBeLessThan(first - 0.2);
  });

  it("an adapter brings its rounded copy nearer to it", async () => {
    const result = await run("sampleAdapter", { student: rounded, teacher: sample, adapter, data: told, settings: { ...few, learningRate: 5e-4 } });
    const header = readHeader(result.path);
    expect(header.metadata).toMatchObject({ "adapter.lora.alpha": 8, "decant.step": "distil from contracts-5m-F16.gguf as an adapter of rank 4" });
    expect(header.tensors.length).toBe(6 * readHeader(sample).tensors.filter(({ name }) => name.endsWith("attn_q.weight")).length);
    const [first, last] = firstAndLast(result, few.epochs);
    // All that can be learnt of it is the divergence, 0.18; the rest is the teacher's own uncertainty.
    expect(last).toBeLessThan(first - 0.015);
    // What was written, read by llama.cpp.
    const { rows } = await measure(
      { base: sample, variants: [rounded], adapted: [{ path: rounded, adapters: [{ path: result.path, scale: 1 }] }], otherShapes: true, text: told.texts[0]!.text, context: 64, threads: 1, generation: false },
      () => {}, new AbortController().signal,
    );
    expect(rows[2]!.kl!.mean).toBeLessThan(rows[1]!.kl!.mean * 0.9);
  });

  it("learns only the answers of examples", async () => {
    const examples = Array.from({ length: 12 }, (_, index) => ({ messages: [{ role: "user", content: `${index * 7919}?` }, { role: "assistant", content: "The term is one year." }] as const }));
    const result = await run("examples", { student: sample, adapter, data: { kind: "examples", examples }, settings: { ...few, learningRate: 5e-4, epochs: 8 } });
    expect(result.notes[0]).toMatch(/12 examples in \d+ sequences.*only the answers/);
    expect(result.stopped).toBe("finished");
    expect(result.validationBest).toBeLessThan(result.validationBefore - 1);
  });
});

describe("refused, and nothing left behind", () => {
  it("what cannot learn", async () => {
    const q4 = place("x-Q4_0.gguf");
    await quantize({ input: student, output: q4, recipe: { type: "Q4_0" }, threads: 1 }, () => {}, new AbortController().signal);
    await refused("quantized", { student: q4 }, "unsupported", /Q4_0.*train an adapter/);
    await refused("gemma", { student: writeTinyModel(place("m-gemma.gguf"), { architecture: "gemma" }) }, "unsupported", /no backward pass .*GEGLU/);
    await refused("targets", { adapter: { ...adapter, targets: ["attn_x"] } }, "badArgument", /no matrices called/);
    await refused("context", { settings: { context: 512 } }, "badArgument", /trained for a context of 128/);
    await refused("wrongSettings", { settings: { epochs: 0 } }, "badArgument", /epochs/);
  });

  it("a teacher with another vocabulary", async () => {
    const other = writeTinyModel(place("other-F16.gguf"), { extraTokens: 3 });
    await refused("mismatch", { teacher: other }, "vocabularyMismatch", new RegExp(`different vocabularies \\(${tinyVocabulary} and ${tinyVocabulary + 3} tokens\\)`));
  });

  it("too little text", async () => {
    await refused("short", { data: { kind: "texts", texts: [{ name: "t", text: "short" }] } }, "textTooShort", /have \d+ tokens.*128 tokens/);
    await refused("empty", { data: { kind: "texts", texts: [{ name: "t", text: " " }] } }, "textTooShort", /no text/);
  });

  it("a full disk, a file in the way, no folder", async () => {
    await refused("full", {}, "diskFull", /needs .* only/, { free: async () => 1000 });
    await refused("nowhere", { output: place("no/such/folder.gguf") }, "notFound", /no folder/);
    await expect(run("ignored", { output: student })).rejects.toMatchObject({ code: "sameFile" });
  });
});

describe("interrupted", () => {
  it("cancelled: the checkpoint is gone on with, and points of before come with the first report", async () => {
    const controller = new AbortController();
    await expect(run("cancel", { teacher }, ({ step }) => step >= 20 && controller.abort(), controller.signal)).rejects.toMatchObject({ code: "cancelled" });
    expect(left("cancel")).toEqual(["cancel.gguf.checkpoint"]);
    const all: TrainProgress[] = [];
    // Other settings are another training.
    await expect(run("cancel", { teacher, settings: { learningRate: 1e-4 } })).rejects.toMatchObject({ code: "badArgument", message: expect.stringMatching(/another training/) as string });
    const result = await run("cancel", { teacher, threads: 2 }, (progress) => all.push(progress));
    const resumed = all.find(({ resumedFrom }) => resumedFrom !== undefined)!;
    expect(resumed.resumedFrom).toBeGreaterThanOrEqual(20);
    expect(resumed.points.length).toBeGreaterThanOrEqual(resumed.resumedFrom!);
    expect(result.points.map(({ step }) => step)).toEqual(Array.from({ length: result.steps + 1 }, (_, index) => index));
    expect(result.validationBest).toBeLessThan(result.validationBefore);
    expect(left("cancel")).toEqual(["cancel.gguf"]);
  });

  it("a damaged checkpoint is told, and restarting begins anew", async () => {
    const controller = new AbortController();
    await expect(run("damage", {}, ({ step }) => step >= 10 && controller.abort(), controller.signal)).rejects.toMatchObject({ code: "cancelled" });
    const checkpoint = `${place("damage.gguf")}.checkpoint`;
    const values = readdirSync(checkpoint).filter((name) => name.startsWith("values-"));
    truncateSync(join(checkpoint, values[0]!), 100);
    truncateSync(join(checkpoint, values.at(-1)!), 100);
    writeFileSync(join(checkpoint, "somebody's.txt"), "own");
    await expect(run("damage")).rejects.toMatchObject({ code: "failed", message: expect.stringMatching(/damaged/) as string });
    await run("damage", { restart: true, settings: { epochs: 1 } });
    expect(readdirSync(checkpoint)).toEqual(["somebody's.txt"]);
  });

  it("a student whose numbers are none", async () => {
    const wild = writeTinyModel(place("wild-F16.gguf"), { embedding: "nan" });
    await refused("none", { student: wild }, "failed", /numbers that are none/);
  });

  it("a second training in the same folder is refused, and the first goes on", async () => {
    let second: Promise<unknown> | undefined;
    const first = await run("twice", { settings: { epochs: 1 } }, () => {
      second ??= expect(run("twice", { restart: true, settings: { epochs: 1 } })).rejects.toMatchObject({ code: "badArgument", message: expect.stringMatching(/Another training .* wait/) as string });
    });
    await second;
    expect(first.stopped).toBe("finished");
    expect(left("twice")).toEqual(["twice.gguf"]);
  });

  it("killed: what checkpoint.json names is whole, and the training goes on", async () => {
    const runtime = realClient(await buildRuntime(), (mkdirSync(place("client")), place("client")));
    try {
      const own = params("killed", { teacher, settings: { epochs: 40, validateEvery: 5 } });
      const begun = (async () => {
        for await (const event of runtime.client.train(own, never)) {
          if (event.kind === "progress" && event.progress.step >= 20) for (const pid of runtime.pids()) process.kill(pid, "SIGKILL");
        }
      })();
      await expect(begun).rejects.toMatchObject({ code: expect.stringMatching(/runtime/) as string });
      expect(existsSync(own.output)).toBe(false);
      const cancellation = new CancellationTokenSource();
      let resumedFrom = 0;
      await expect((async () => {
        for await (const event of runtime.client.train(own, cancellation.token)) {
          if (event.kind !== "progress" || event.progress.resumedFrom === undefined) continue;
          resumedFrom = event.progress.resumedFrom;
          cancellation.cancel();
        }
      })()).rejects.toMatchObject({ code: "cancelled" });
      expect(resumedFrom).toBeGreaterThanOrEqual(5);
      expect(JSON.parse(readFileSync(join(own.checkpoint, "checkpoint.json"), "utf8"))).toMatchObject({ format: 1 });
    } finally {
      await runtime.client.dispose();
    }
  }, 60_000);
});
