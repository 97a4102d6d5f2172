import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeModel } from "../../src/core/gguf/header";
import type { ModelFile } from "../../src/protocol/model";
import { DocumentAnalysis } from "../../src/services/analysis/documentAnalysis";
import { readGgufFile } from "../../src/services/ggufFile";
import { JsonStore } from "../../src/services/jsonStore";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { writeChatModel } from "./chatModel";
import { contract } from "./contract";
import { never, type RealClient, realClient } from "./realClient";

const silent = { info: () => {}, error: () => {} };
const document = { uri: "file:///contract.md", name: "contract.md", text: contract };
let folder: string;
let real: RealClient;
let sample: ModelFile;
let asked: ModelFile;
let analysis: DocumentAnalysis;
let newAnalysis: () => DocumentAnalysis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-analysis-"));
  real = realClient(await buildRuntime(), folder);
  const describe = async (path: string) => {
    const { header, bytes } = await readGgufFile(path);
    return describeModel(path, header, bytes);
  };
  sample = await describe(sampleModel());
  asked = await describe(writeChatModel(join(folder, "chat.gguf"), { context: 4096, cue: false }));
  newAnalysis = () => new DocumentAnalysis(real.client, { threads: () => 1, contextSize: () => 4096, store: new JsonStore(join(folder, "kept"), silent) });
  analysis = newAnalysis();
});
afterAll(async () => {
  await real.client.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function timed<T>(updates: AsyncIterable<T>): Promise<{ readonly all: readonly T[]; readonly seconds: number }> {
  const started = performance.now();
  const all: T[] = [];
  for await (const update of updates) all.push(update);
  return { all, seconds: (performance.now() - started) / 1000 };
}

describe("document analysis with the real runtime", () => {
  it("reads clauses once: without an edit a second reading, also in a new session, takes under 0.3 s and no model", async () => {
    const first = await timed(analysis.analyse(document, sample, never));
    const findings = first.all.at(-1)!.findings.map(({ category, start }) => `${category}@${start}`);
    expect(findings.length).toBeGreaterThan(2);
    await real.client.unload();
    const second = await timed(newAnalysis().analyse(document, sample, never));
    expect(second.all.at(-1)!.findings.map(({ category, start }) => `${category}@${start}`)).toEqual(findings);
    expect(second.all.at(-1)!.reused!.segments).toBe(second.all.at(-1)!.reused!.all);
    expect(second.seconds).toBeLessThan(0.3);
    expect(real.client.loaded).toBeUndefined();
  });

  it("reads after an edit what a whole reading would find", async () => {
    const edited = { ...document, text: contract.replace("ten days of each order", "twenty days of each order, and shall insure them") };
    const part = (await timed(analysis.analyse(edited, sample, never))).all.at(-1)!;
    const whole = (await timed(analysis.analyse({ ...edited, uri: "file:///new.md" }, sample, never))).all.at(-1)!;
    expect(part.reused!.segments).toBe(part.reused!.all - 2);
    expect(whole.reused!.segments).toBe(0);
    expect(part.findings.map(({ category, start }) => `${category}@${start}`)).toEqual(whole.findings.map(({ category, start }) => `${category}@${start}`));
  });

  it.each(["facts", "obligations", "summary"] as const)("writes %s by the grammar, whatever the model says", async (part) => {
    const { all } = await timed(analysis.write(document, asked, part, never));
    expect(all.at(-1)).toEqual({ progress: undefined });
    const last = all.findLast((update) => update.verified)!;
    const written = part === "facts" ? last.facts : part === "obligations" ? last.obligations : last.summary;
    expect(written).toBeDefined();
    for (const item of last.facts ?? []) if (item.quote.match !== "none") expect(contract.slice(item.quote.start, item.quote.end).length).toBeGreaterThan(0);
  });

  it("answers a question, and a follow-up for the price of its own tokens", async () => {
    const first = (await timed(analysis.ask(document, asked, "Who is the supplier?", [], never))).all.at(-1)!.answers!;
    const both = (await timed(analysis.ask(document, asked, "And who is the distributor?", first, never))).all.at(-1)!.answers!;
    expect(both).toHaveLength(2);
    const documentTokens = (await real.client.countTokens([contract], never))[0]!;
    expect(both[1]!.reusedTokens).toBeGreaterThan(documentTokens);
  });
});
