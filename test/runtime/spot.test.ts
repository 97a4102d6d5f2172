import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { type CueScheme, cueSchemeFromMetadata, packWindows } from "../../src/core/documents/cues";
import { lexiconFromMetadata, lexiconScores } from "../../src/core/documents/lexicon";
import { segmentDocument, segmentText } from "../../src/core/documents/segments";
import { categoryByName } from "../../src/core/documents/taxonomy";
import type { Finding } from "../../src/protocol/documents";
import type { SpotProgress, SpotResult } from "../../src/protocol/rpc";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { MeasuredModel } from "../../src/runtime/evaluation/measuredModel";
import { all, failureOf } from "../unit/client/client";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { clauseAt, contract } from "./contract";
import { addText, renameKeys, setFloats, setNumber } from "./ggufPatch";
import { type RealClient, loading, never, quantization, realClient } from "./realClient";

let folder: string;
let real: RealClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "decant-spot-"));
  real = realClient(await buildRuntime(), folder);
});
afterAll(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** The runtime that was started last. */
function newest(): number {
  const pid = real.pids().at(-1);
  if (pid === undefined) throw new Error("No runtime was started.");
  return pid;
}

async function spot(text: string): Promise<{ result: SpotResult; progress: SpotProgress[] }> {
  const progress: SpotProgress[] = [];
  for await (const event of real.client.spot({ text }, never)) {
    if (event.kind === "result") return { result: event.result, progress };
    progress.push(event.progress);
  }
  throw new Error("There was no result.");
}

function expectOnSegments(findings: readonly Finding[]): void {
  const places = segmentDocument(contract).map(({ start, end }) => `${start}-${end}`);
  for (const { category, start, end, probability } of findings) {
    expect(places).toContain(`${start}-${end}`);
    expect(categoryByName(category)?.name).toBe(category);
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThanOrEqual(1);
  }
}

async function scheme(path = sampleModel()): Promise<CueScheme> {
  const found = cueSchemeFromMetadata((await readHeader(path)).metadata);
  if (!found) throw new Error("The sample model has no clause scheme.");
  return found;
}

describe("spotting with the sample model", () => {
  it("puts its findings on segments, and reports all of them on the way", async () => {
    await real.client.load(loading(), never);
    const { result, progress } = await spot(contract);
    expectOnSegments(result.findings);
    expect(progress.flatMap(({ findings }) => findings)).toEqual(result.findings);
    expect(result.segments).toBe(segmentDocument(contract).length);
    expect(progress.at(-1)).toMatchObject({ segment: result.segments, segments: result.segments });
    expect(result.tokens).toBeGreaterThan(200);
    expect((await real.client.meter()).tokensPerSecond).toBeGreaterThan(0);
  });

  it("finds a plain governing-law clause", async () => {
    await real.client.load(loading(), never);
    const { result } = await spot(contract);
    const { start, end } = clauseAt("6. Governing Law");
    const found = result.findings.filter(({ category }) => category === "Governing Law");
    expect(found.some((finding) => finding.start >= start && finding.end <= end)).toBe(true);
  });

  it("gives the probabilities that follow from llama.cpp's own logits and the lexicon", async () => {
    const lax = join(folder, "lax.gguf");
    copyFileSync(sampleModel(), lax);
    setFloats(lax, "decant.thresholds", 0);
    await real.client.load(loading(lax), never);
    const { result } = await spot(contract);
    const expected = await findingsByLogits(lax);
    expect(result.findings).toHaveLength(41 * result.segments);
    expect(result.findings.map(({ category, start, end }) => ({ category, start, end }))).toEqual(
      expected.map(({ category, start, end }) => ({ category, start, end })));
    result.findings.forEach(({ probability }, index) => expect(probability).toBeCloseTo(expected[index]?.probability ?? -1, 3));
  });

  it("reads an empty text", async () => {
    await real.client.load(loading(), never);
    expect((await spot(" \n\n ")).result).toMatchObject({ findings: [], segments: 0, tokens: 0 });
  });

  it("stops between windows when it is cancelled, and reads the next document", async () => {
    await real.client.load(loading(), never);
    const source = new CancellationTokenSource();
    let steps = 0;
    const error = await failureOf((async () => {
      for await (const event of real.client.spot({ text: contract.repeat(40) }, source.token)) {
        if (event.kind === "progress" && ++steps === 2) source.cancel();
      }
    })());
    expect(error.code).toBe("cancelled");
    expect(steps).toBeLessThan(20);
    expect((await spot(contract)).result.segments).toBeGreaterThan(5);
    expect(real.pids()).toHaveLength(1);
  });

  it("says that its process was killed in the middle of a document, and reads the next one", async () => {
    await real.client.load(loading(), never);
    const error = await failureOf((async () => {
      for await (const event of real.client.spot({ text: contract.repeat(40) }, never)) {
        if (event.kind === "progress") process.kill(newest(), "SIGKILL");
      }
    })());
    expect(error.code).toBe("runtimeCrashed");
    expect(error.message).toContain("while reading the document (signal SIGKILL)");
    expect(real.client.loaded).toBeUndefined();
    await real.client.load(loading(), never);
    expect((await spot(contract)).result.segments).toBeGreaterThan(5);
  });

  it("goes on to work after a measurement in the same process", async () => {
    const model = sampleModel();
    await real.client.load(loading(), never);
    const before = (await spot(contract)).result.findings;
    const text = contract.repeat(3);
    await all(real.client.measure({ base: model, variants: [], text, context: 128, chunks: 2, threads: 1, generation: false }, never));
    expect((await spot(contract)).result.findings).toEqual(before);
    expect((await failureOf(real.client.load(loading(join(folder, "none.gguf")), never))).code).toBe("notFound");
  });
});

describe("a quantized copy", () => {
  it("keeps the clause scheme and finds what the original finds", async () => {
    const output = join(folder, "contracts-Q8_0.gguf");
    await real.client.load(loading(), never);
    const before = (await spot(contract)).result.findings;
    await all(real.client.quantize(quantization(output, "Q8_0"), never));
    expect(await scheme(output)).toEqual(await scheme());
    await real.client.load(loading(output), never);
    const after = (await spot(contract)).result.findings;
    const firm = before.filter(({ category, probability }) => Math.abs(probability - thresholdOf(category)) > 0.05);
    for (const { category, start } of firm) expect(after.some((finding) => finding.category === category && finding.start === start)).toBe(true);
  });

  const thresholds = new Map<string, number>();
  beforeAll(async () => {
    for (const { category, threshold } of (await scheme()).labels) thresholds.set(category, threshold);
  });
  function thresholdOf(category: string): number {
    return thresholds.get(category) ?? 0;
  }
});

describe("a model without a clause scheme", () => {
  it("and without a chat template is refused in a sentence", async () => {
    const plain = join(folder, "plain.gguf");
    renameKeys(sampleModel(), plain, "decant.cue", "dekant.cue");
    expect(await real.client.load(loading(plain), never)).toMatchObject({ hasChatTemplate: false });
    const error = await failureOf(all(real.client.spot({ text: contract }, never)));
    expect(error.code).toBe("unsupported");
    expect(error.message).toMatch(/^plain\.gguf cannot name clauses: .* Load the model that ships with Decant, or an instruct model\.$/);
  });

  it("is asked through its chat template, with the instructions decoded once", async () => {
    const chat = join(folder, "chat.gguf");
    renameKeys(sampleModel(), chat, "decant.cue", "dekant.cue");
    const turns = "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '\\n' }}{% endfor %}";
    addText(chat, "tokenizer.chat_template", `${turns}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`);
    setNumber(chat, "llama.context_length", 4096);
    expect(await real.client.load(loading(chat), never)).toMatchObject({ hasChatTemplate: true, contextSize: 4096 });
    const one = (await spot(contract.slice(0, clauseAt("1. Appointment").start))).result;
    const { result } = await spot(contract);
    expectOnSegments(result.findings);
    expect(result.tokens).toBeLessThan(one.tokens + (result.segments - 1) * 400);
    expect((await spot(contract)).result.findings).toEqual(result.findings);
  });

  it("is refused when the question does not fit into its context", async () => {
    const short = join(folder, "chat-short.gguf");
    renameKeys(sampleModel(), short, "decant.cue", "dekant.cue");
    addText(short, "tokenizer.chat_template", "{% for message in messages %}{{ message['content'] }}{% endfor %}");
    await real.client.load(loading(short), never);
    const error = await failureOf(all(real.client.spot({ text: contract }, never)));
    expect(error).toMatchObject({ code: "badArgument", message: expect.stringContaining("larger context") as string });
  });
});

/** The same findings computed through the library's C API, without node-llama-cpp. */
async function findingsByLogits(path: string): Promise<Finding[]> {
  const { cue, none, labels, window } = await scheme(path);
  const library = openNativeLibrary();
  const batch = library.newBatch(window);
  const options = { context: window, threads: 1 };
  const model = await MeasuredModel.open(library, path, options);
  try {
    await model.prepare(1, options);
    const vocabulary = (await readHeader(path)).metadata["tokenizer.ggml.tokens"] as string[];
    const idOf = (token: string): number => vocabulary.indexOf(token);
    const segments = segmentDocument(contract);
    const tokens: number[][] = [];
    for (const segment of segments) tokens.push([...(await model.tokenize(segmentText(contract, segment)))].filter((token, index) => index > 0 || token !== model.bos));
    const best = segments.map(() => new Map<string, number>());
    const logits = new Float32Array(model.vocabSize);
    for (const packed of packWindows(tokens, { bos: model.bos ?? 0, cue: idOf(cue), window })) {
      const wanted = Int8Array.from(packed.tokens, (_, index) => (packed.cues.some(({ position }) => position === index) ? 1 : 0));
      await model.decodeChunks(batch, Int32Array.from(packed.tokens), wanted);
      for (const { position, segment } of packed.cues) {
        model.readLogits(position, logits);
        for (const { category, token } of labels) {
          const odds = (logits[idOf(token)] ?? NaN) - (logits[idOf(none)] ?? NaN);
          best[segment]?.set(category, Math.max(odds, best[segment]?.get(category) ?? -Infinity));
        }
      }
    }
    const lexicon = lexiconFromMetadata((await readHeader(path)).metadata, labels.length);
    if (!lexicon) throw new Error("The sample model has no lexicon.");
    return segments.flatMap((segment, index) => {
      const said = lexiconScores(lexicon, segmentText(contract, segment), segment.start);
      return labels.map(({ category }, label) => {
        const odds = lexicon.share * (said[label] ?? NaN) + (1 - lexicon.share) * (best[index]?.get(category) ?? NaN);
        return { category, start: segment.start, end: segment.end, probability: 1 / (1 + Math.exp(-odds)) };
      });
    });
  } finally {
    model.dispose();
    batch.dispose();
  }
}
