import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QuantType } from "../../src/protocol/model";
import { adapterMetadata, adapterPairs, initialValues } from "../../src/core/training/adapterFile";
import { Random } from "../../src/core/training/random";
import type { TrainingSequence } from "../../src/core/training/sequences";
import { quantize } from "../../src/runtime/compression/quantizer";
import { MeasuredModel } from "../../src/runtime/evaluation/measuredModel";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { writeGguf } from "../../src/runtime/gguf/ggufOutput";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { TensorFile } from "../../src/runtime/gguf/tensorFile";
import { WeightRows } from "../../src/runtime/gguf/weightRows";
import { Learner } from "../../src/runtime/training/learner";
import { Teaching } from "../../src/runtime/training/teaching";
import { floatStudent } from "../../src/runtime/training/trainedFile";
import { writeValues } from "../../src/runtime/training/valuesFile";
import { logitsOf } from "./nativeLogits";

/** The steps of training, one by one, on the trained sample model: what they learn is compared with numbers computed here. */
const teacher = "media/models/contracts-5m-F16.gguf";
const context = 64;
const settings = { context, temperature: 1, hardShare: 0, labels: "distribution" } as const;
const folder = mkdtempSync(join(tmpdir(), "decant-learn-"));
const place = (name: string): string => join(folder, name);
const library = openNativeLibrary();
const silence = library.log.listen(() => {});
/** The teacher, badly rounded. */
let student: string;
let tokens: Int32Array;
let next: Int32Array;

async function quantized(type: QuantType): Promise<string> {
  const output = place(`${type}.gguf`);
  await quantize({ input: teacher, output, recipe: { type }, threads: 1 }, () => {}, new AbortController().signal);
  return output;
}

beforeAll(async () => {
  const file = await TensorFile.open(await quantized("Q2_K"));
  const rows = new WeightRows(library);
  await writeGguf((student = place("student-F32.gguf")), [], floatStudent(rows, file), () => {}, new AbortController().signal);
  rows.dispose();
  await file.close();
  await withLearner(student, async ({ vocabulary }) => {
    const found = vocabulary.tokenize(readFileSync("media/samples/evaluation-text.txt", "utf8").slice(0, 2000));
    [tokens, next] = [found.slice(0, context), found.slice(1, context + 1)];
  });
});
afterAll(() => {
  silence();
  rmSync(folder, { recursive: true, force: true });
});

async function withLearner<R>(path: string, use: (learner: Learner) => Promise<R>, adapter?: string): Promise<R> {
  const learner = await Learner.open(library, { path, context, piece: context, threads: 1, ...(adapter !== undefined && { adapter }) });
  try {
    return await use(learner);
  } finally {
    learner.dispose();
  }
}

/** Something for a student that has a teacher. */
async function taught<R>(learner: Learner, use: (teaching: Teaching) => Promise<R>): Promise<R> {
  const batch = library.newBatch(context);
  const model = await MeasuredModel.open(library, teacher, { context, threads: 1 });
  try {
    await model.prepare(1, { context, threads: 1 });
    return await use(new Teaching(learner, model, batch, settings));
  } finally {
    model.dispose();
    batch.dispose();
  }
}

function logSoftmax(logits: Float32Array): number[] {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return Array.from(logits, (logit) => logit - most - Math.log(sum));
}

/** −Σ p · ln q at each position, p being the teacher's distribution and q another one's. */
const crossEntropies = (of: readonly Float32Array[], by: readonly Float32Array[]): number[] => of.map((row, position) => {
  const q = logSoftmax(by[position]!);
  return logSoftmax(row).reduce((sum, p, token) => sum - Math.exp(p) * q[token]!, 0);
});
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("a teacher's distributions", () => {
  it("the first loss is the cross-entropy, and steps along it bring the student nearer", async () => {
    const [theirs, own] = [await logitsOf(teacher, [...tokens]), await logitsOf(student, [...tokens])];
    const entropy = mean(crossEntropies(theirs, theirs));
    const expected = mean(crossEntropies(theirs, own));
    expect(expected).toBeGreaterThan(entropy + 0.1);
    await withLearner(student, (learner) => taught(learner, async (teaching) => {
      const lesson = await teaching.lesson({ tokens, next }, new Random(1));
      const losses: number[] = [];
      for (let step = 0; step < 9; step++) losses.push(await learner.step({ ...lesson, learningRate: 2e-5, weightDecay: 0 }));
      expect(Math.abs(losses[0]! - expected)).toBeLessThan(2e-3);
      expect(losses[1]!).toBeLessThan(losses[0]!);
      expect(losses[8]! - entropy).toBeLessThan(0.7 * (losses[0]! - entropy));
      // What the student foretells now, read from its own logits, is what the step would say.
      const { sum, positions } = await teaching.loss({ tokens, next });
      expect(positions).toBe(context);
      const last = await learner.step({ ...lesson, learningRate: 1e-12, weightDecay: 0 });
      expect(Math.abs(sum / positions - last)).toBeLessThan(2e-3);
    }));
  });

  it("only positions that are learnt count", async () => {
    const learnt = Uint8Array.from(tokens, (_, position) => (position >= 40 && position < 52 ? 1 : 0));
    // What follows elsewhere, or is expected there, is nobody's concern.
    const elsewhere: TrainingSequence = { tokens, next: next.map((token, position) => (learnt[position] === 1 ? token : 7)), learnt };
    const own = await logitsOf(student, [...tokens]);
    const surprises = own.map((row, position) => -logSoftmax(row)[next[position]!]!);
    const expected = mean(surprises.filter((_, position) => learnt[position] === 1));
    const batch = library.newBatch(context);
    try {
      await withLearner(student, async (learner) => {
        const teaching = new Teaching(learner, undefined, batch, settings);
        const before = await teaching.loss(elsewhere);
        expect(before.positions).toBe(12);
        expect(Math.abs(before.sum / 12 - expected)).toBeLessThan(2e-3);
        const losses: number[] = [];
        for (let step = 0; step < 6; step++) {
          const lesson = await teaching.lesson(elsewhere, new Random(1));
          losses.push(lesson.loss!);
          await learner.step({ ...lesson, learningRate: 2e-5, weightDecay: 0 });
        }
        expect(Math.abs(losses[0]! - expected)).toBeLessThan(2e-3);
        expect(losses[5]!).toBeLessThan(losses[0]! - 0.3);
      });
      // A student that is taught its own distribution everywhere learns nothing: all gradients are 0, but for rounding.
      await withLearner(student, async (learner) => {
        const teaching = new Teaching(learner, undefined, batch, settings);
        const nothing = await teaching.lesson({ tokens, next, learnt: new Uint8Array(context) }, new Random(1));
        const loss = await learner.step({ ...nothing, learningRate: 1e-12, weightDecay: 0 });
        expect(Math.abs(loss - mean(crossEntropies(own, own)))).toBeLessThan(2e-3);
      });
    } finally {
      batch.dispose();
    }
  });
});

it("the tokens of a text: the first loss is their surprise, and falls", async () => {
  const expected = mean((await logitsOf(student, [...tokens])).map((row, position) => -logSoftmax(row)[next[position]!]!));
  await withLearner(student, async (learner) => {
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) losses.push(await learner.step({ tokens, next, learningRate: 2e-5, weightDecay: 0 }));
    expect(Math.abs(losses[0]! - expected)).toBeLessThan(2e-3);
    expect(losses[5]!).toBeLessThan(losses[0]! - 0.3);
  });
});

/** On the base as it is stored, without the 32-bit copy that smaller ones get. */
it.each(["F16", "Q8_0", "Q4_0", "Q3_K_S", "Q2_K"] as const)("an adapter learns on %s", async (type) => {
  const base = type === "F16" ? teacher : place(`${type}.gguf`);
  if (type !== "F16" && type !== "Q2_K") await quantized(type);
  const { tensors } = readHeader(base);
  const pairs = adapterPairs(tensors, ["attn_q", "ffn_down", "ffn_up"], 4).flatMap(({ a, b }) => [a, b]);
  const adapter = place(`adapter-${type}.gguf`);
  const random = new Random(1);
  await writeValues(adapter, adapterMetadata("llama", 8), pairs, (tensor) => initialValues(tensor, random));
  await withLearner(base, async (learner) => {
    expect(pairs.every(({ name }) => learner.learns(name))).toBe(true);
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) losses.push(await learner.step({ tokens, next, learningRate: 5e-4, weightDecay: 0 }));
    expect(losses[5]!).toBeLessThan(losses[0]! - 0.05);
    expect(losses.every((loss, step) => step === 0 || loss < losses[0]!)).toBe(true);
  }, adapter);
});
