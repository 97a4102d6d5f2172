import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { GptqParams, GptqType, WorkProgress } from "../../src/protocol/compression";
import { HumanError, type HumanErrorCode } from "../../src/protocol/humanError";
import { quantize } from "../../src/runtime/compression/quantizer";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { estimateMemory } from "../../src/runtime/evaluation/memoryEstimate";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import { gptq, type GptqOptions } from "../../src/runtime/rounding/gptq";
import { all } from "../unit/client/client";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { never as neverToken, realClient } from "./realClient";
import { tinyModel, writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-gptq-"));
const input = join(folder, "tiny-F16.gguf");
const never = new AbortController().signal;
const text = readFileSync(resolve(__dirname, "../../media/samples/evaluation-text.txt"), "utf8");
const half = text.indexOf("\n", text.length / 2);
const tryLoad = (path: string): Promise<unknown> => estimateMemory({ path, context: 32, cacheType: "F16" });

beforeAll(() => void writeTinyModel(input, { blocks: 2 }));

function run(more: Partial<GptqParams>, options: GptqOptions = { tryLoad }, onProgress: (progress: WorkProgress) => void = () => {}, signal = never): ReturnType<typeof gptq> {
  return gptq({ input, output: join(folder, "out.gguf"), type: "Q4_0", texts: [{ name: "text", text: text.slice(0, half) }], context: 64, chunks: 4, threads: 1, ...more }, onProgress, signal, options);
}

const plain = (type: GptqType, from: string, name: string): Promise<string> =>
  quantize({ input: from, output: join(folder, name), recipe: { type }, threads: 1 }, () => {}, never).then(({ path }) => path);

describe("compensated rounding", () => {
  it("of the sample model is nearer to the original than plain rounding of the same size, on a text that it has not read", async () => {
    const output = join(folder, "sample-gptq.gguf");
    const result = await run({ input: sampleModel(), output, context: 256, chunks: undefined });
    const ordinary = await plain("Q4_0", sampleModel(), "sample-plain.gguf");
    expect(result).toMatchObject({ type: "Q4_0", path: output, compensated: 35, bytes: statSync(output).size });
    expect(readGgufLayout(output).tensors).toEqual(readGgufLayout(ordinary).tensors);
    expect(result.outputError.compensated).toBeLessThan(0.6 * result.outputError.plain);
    const { rows } = await measure({ base: sampleModel(), variants: [ordinary, output], text: text.slice(half), context: 128, chunks: 8, generation: false, threads: 1 }, () => {}, never);
    const [, before, after] = rows.map(({ kl }) => kl?.mean ?? NaN);
    expect(after).toBeLessThan(0.7 * before!);
  });

  it.each<GptqType>(["Q4_1", "Q8_0"])("to %s loses less of what the matrices put out", async (type) => {
    const output = join(folder, `tiny-${type}.gguf`);
    const { outputError, compensated } = await run({ type, output });
    expect(compensated).toBe(14);
    expect(outputError.compensated).toBeLessThan(outputError.plain);
  });

  it("changes nothing but the matrices of the blocks, notes the step, tells how far it is", async () => {
    const output = join(folder, "tiny-Q4_0.gguf");
    const progress: WorkProgress[] = [];
    const result = await run({ output }, { tryLoad }, (one) => progress.push(one));
    const [ours, theirs] = [output, await plain("Q4_0", input, "tiny-plain.gguf")].map((path) => ({ layout: readGgufLayout(path), bytes: readFileSync(path) }));
    const changed = theirs!.layout.tensors.filter(({ offset, bytes }) => {
      const at = (file: typeof ours): Buffer => file!.bytes.subarray(file!.layout.dataOffset + offset, file!.layout.dataOffset + offset + bytes);
      return !at(ours).equals(at(theirs));
    });
    expect(changed.map(({ name }) => name).sort()).toEqual(theirs!.layout.tensors.map(({ name }) => name).filter((name) => /^blk\..*(attn|ffn)_(?!norm)/.test(name)).sort());
    expect(ours!.layout.scalars.get("decant.step")).toBe("quantize Q4_0 by GPTQ");
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b));
    expect(progress.at(-1)).toEqual({ done: 29, all: 29, label: "Rounding block 1" });
    expect(result.notes.join(" ")).toMatch(/has 256 tokens, few for matrices with up to 512 inputs/);
  });

  it("reads the text once for each group of blocks that memory holds, with the same result", async () => {
    const { fileBytes } = readGgufLayout(input);
    const together = join(folder, "together.gguf");
    await run({ output: together });
    const apart = join(folder, "apart.gguf");
    const labels: string[] = [];
    // A block's inputs: three of 256 columns and one of 512.
    await run({ output: apart }, { memory: fileBytes + 8 * (3 * 256 ** 2 + 512 ** 2) }, ({ label }) => labels.push(label ?? ""));
    expect(readFileSync(apart).equals(readFileSync(together))).toBe(true);
    const phases = labels.filter((label, index) => label !== labels[index - 1]);
    expect(phases).toEqual(["Quantizing to Q4_0", "Reading the text", "Rounding block 0", "Reading the text", "Rounding block 1"]);
  });
});

describe("faults", () => {
  async function refused(work: Promise<unknown>, code: HumanErrorCode, sentence: RegExp): Promise<void> {
    const error = await work.then(() => undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(HumanError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial") || name === "out.gguf")).toEqual([]);
  }

  it("another type, no text, too little of it", async () => {
    await refused(run({ type: "Q4_K_M" as never }), "badArgument", /writes Q4_0, Q4_1, Q8_0, not Q4_K_M/);
    await refused(run({ texts: [{ name: "a", text: " " }] }), "textTooShort", /There is no text/);
    await refused(run({ texts: [{ name: "a", text: "Short." }] }), "textTooShort", /fewer than one chunk of 64/);
    await refused(run({ context: 100_000 }), "badArgument", /was trained for a context/);
  });

  it("a model that is quantized, one whose numbers are none, damaged weights", async () => {
    await refused(run({ input: await plain("Q4_0", input, "four.gguf") }), "unsupported", /already quantized/);
    await refused(run({ type: "Q8_0", input: await plain("Q8_0", input, "eight.gguf") }), "unsupported", /has no matrices that Q8_0 rounds/);
    const huge = writeTinyModel(join(folder, "huge-F16.gguf"));
    const { dataOffset, tensors } = readGgufLayout(huge);
    const content = readFileSync(huge);
    content.writeFloatLE(1e30, dataOffset + tensors.find(({ name }) => name === "blk.0.ffn_norm.weight")!.offset);
    writeFileSync(huge, content);
    await refused(run({ input: huge }), "failed", /computes numbers that are none \(at blk\.0\./);
    const damaged = join(folder, "damaged-F16.gguf");
    const bytes = tinyModel();
    bytes.fill(0x7e, bytes.length - 64);
    writeFileSync(damaged, bytes);
    await refused(run({ input: damaged }), "failed", /cannot make Q4_0/);
  });

  it("too little memory, a full disk, the input is the output, llama.cpp refuses", async () => {
    await refused(run({}, { memory: readGgufLayout(input).fileBytes + 1e6 }), "modelTooLarge", /block 0 is given takes 4 MB of memory to compensate for, and 1 MB are left/);
    await refused(run({}, { free: () => Promise.resolve(10) }), "diskFull", /only/);
    await refused(run({ output: input }), "sameFile", /would overwrite/);
    await refused(run({ chunks: 1 }, { tryLoad: () => Promise.reject(new Error("no")) }), "failed", /does not take what was made/);
  });

  it("cancelled before, while it reads, and while it rounds", async () => {
    await refused(run({}, {}, () => {}, AbortSignal.abort()), "cancelled", /Cancelled/);
    for (const phase of ["Reading the text", "Rounding block 0"]) {
      const controller = new AbortController();
      await refused(run({}, {}, ({ label }) => label === phase && controller.abort(), controller.signal), "cancelled", /Cancelled/);
    }
  });
});

it("sparsifies and rounds in processes of their own", async () => {
  const { client } = realClient(await buildRuntime(), folder);
  try {
    const sparse = join(folder, "process-sparse.gguf");
    const zeroed = await all(client.sparsify({ input, output: sparse, method: "magnitude", sparsity: 0.5 }, neverToken));
    expect(zeroed.at(-1)).toMatchObject({ kind: "result", result: { path: sparse, zeros: 0.5 } });
    const output = join(folder, "process-rounded.gguf");
    const rounded = await all(client.gptq({ input: sparse, output, type: "Q4_0", texts: [{ name: "text", text }], context: 64, chunks: 2, threads: 1 }, neverToken));
    expect(rounded.at(-1)).toMatchObject({ kind: "result", result: { path: output, compensated: 14 } });
    expect(readGgufLayout(output).scalars.get("decant.history")).toBe("sparsify 50 % by magnitude");
  } finally {
    await client.dispose();
  }
});
