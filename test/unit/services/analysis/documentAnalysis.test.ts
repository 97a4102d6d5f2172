import { readdirSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeModel } from "../../../../src/core/gguf/header";
import type { ModelFile } from "../../../../src/protocol/model";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import type { PlacedCorrection } from "../../../../src/services/analysis/corrections";
import { type AnalysisOptions, DocumentAnalysis } from "../../../../src/services/analysis/documentAnalysis";
import { concludedAnew } from "../../../../src/services/analysis/patterns";
import { readGgufFile } from "../../../../src/services/ggufFile";
import { FakeRuntime, lastOf, ModelFolder } from "./fakeRuntime";

const samples = resolve(__dirname, "../../../../media/models");
const { token } = new CancellationTokenSource();
const paragraphs = [
  "SUPPLY AGREEMENT. This agreement is made by and between Acme Inc., a Delaware corporation (the “Supplier”), and Beta LLC (the “Buyer”).",
  "The Supplier shall deliver the goods to the Buyer within thirty (30) days after every order that it has accepted in writing.",
  "The total liability of the Supplier under this agreement shall not exceed the amounts that the Buyer has paid in the year before.",
  "This agreement is governed by the laws of the State of New York, without regard to its rules about conflicts of laws.",
];
const document = { uri: "file:///supply.md", name: "supply.md", text: paragraphs.join("\n\n") };

let folder: ModelFolder;
let runtime: FakeRuntime;
let cue: ModelFile;
let chat: ModelFile;
const analysisWith = (options: Partial<AnalysisOptions> = {}): DocumentAnalysis =>
  new DocumentAnalysis(runtime.port, { threads: () => 1, contextSize: () => 4096, memory: () => 2 ** 34, ...options });

beforeEach(async () => {
  folder = await ModelFolder.make();
  runtime = new FakeRuntime();
  const path = join(samples, readdirSync(samples).find((name) => name.endsWith("F16.gguf"))!);
  const { header, bytes } = await readGgufFile(path);
  cue = describeModel(path, header, bytes);
  chat = await folder.model("instruct", 7e9);
});
afterEach(() => folder.remove());

describe("the loaded model", () => {
  it("is loaded again when its file was replaced, or another context is wished for, and only then", async () => {
    let contextSize = 4096;
    chat = { ...chat, contextLength: 16_384 };
    const analysis = analysisWith({ contextSize: () => contextSize });
    await analysis.load(chat, token);
    await analysis.load(chat, token);
    expect(runtime.loads).toHaveLength(1);
    await utimes(chat.path, new Date(), new Date(Date.now() + 5000));
    await analysis.load(chat, token);
    expect(runtime.loads).toHaveLength(2);
    contextSize = 8192;
    await analysis.load(chat, token);
    await analysis.load(chat, token);
    expect(runtime.loads.map((load) => load.contextSize)).toEqual([4096, 4096, 8192]);
  });

  it("is named by every question, so that no other model answers it", async () => {
    const analysis = analysisWith();
    runtime.reply = () => JSON.stringify({ answer: "New York.", quotes: [] });
    await lastOf(analysis.analyse(document, chat, token));
    await lastOf(analysis.ask(document, chat, "Which law?", [], token));
    expect(runtime.spots.map(({ model }) => model)).toEqual([chat.path]);
    expect(runtime.chats.map(({ model }) => model)).toEqual([chat.path]);
    expect(new Set(runtime.counted)).toEqual(new Set([chat.path]));
  });
});

describe("corrections", () => {
  const place = (paragraph: number) => ({ start: document.text.indexOf(paragraphs[paragraph]!), end: document.text.indexOf(paragraphs[paragraph]!) + paragraphs[paragraph]!.length });
  const correction = (category: string, paragraph: number, isClause: boolean): PlacedCorrection => ({ category, isClause, text: paragraphs[paragraph]!, ...place(paragraph) });
  const missing = (snapshot: { readonly missing?: readonly { readonly category: string }[] }) => snapshot.missing?.map(({ category }) => category);
  const dangers = (snapshot: { readonly risks?: readonly { readonly quote: object }[] }) => snapshot.risks?.map(({ quote }) => (quote as { start: number }).start);

  it("decide what is missing and what is a risk", async () => {
    const plain = await lastOf(analysisWith().analyse(document, cue, token));
    expect(missing(plain)).toContain("Insurance");
    expect(missing(plain)).not.toContain("Governing Law");
    expect(dangers(plain)).toEqual([place(2).start]);
    const corrected = await lastOf(analysisWith({
      corrections: async () => [correction("Insurance", 1, true), correction("Cap On Liability", 2, false), correction("Governing Law", 3, false)],
    }).analyse(document, cue, token));
    expect(missing(corrected)).not.toContain("Insurance");
    // The pattern of a fact still proves that there is a governing law.
    expect(missing(corrected)).not.toContain("Governing Law");
    expect(dangers(corrected)).toEqual([]);
    // What the model found stays as it is: whoever shows it applies the corrections.
    expect(corrected.findings).toEqual(plain.findings);
  });

  it("made later change the conclusions in the same way, also back, and leave what a model wrote", async () => {
    const snapshot = await lastOf(analysisWith().analyse(document, cue, token));
    const marked = { ...snapshot.findings[0]!, category: "Insurance" };
    expect(missing(concludedAnew(document.text, snapshot, [...snapshot.findings, marked]))).not.toContain("Insurance");
    const without = snapshot.findings.filter(({ category }) => category !== "Cap On Liability");
    const less = { ...snapshot, ...concludedAnew(document.text, snapshot, without) };
    expect(less.risks).toEqual([]);
    expect({ ...less, ...concludedAnew(document.text, less, snapshot.findings) }).toEqual(snapshot);
    const written = { ...snapshot.risks![0]!, what: "Late delivery", reason: "Thirty days are long.", source: "model" as const, quote: { text: paragraphs[1]!, match: "exact" as const, ...place(1) } };
    expect(dangers(concludedAnew(document.text, { ...snapshot, risks: [...snapshot.risks!, written] }, without))).toEqual([place(1).start]);
    expect(concludedAnew(document.text, { findings: [] }, without)).toEqual({});
  });
});

describe("models that could do more", () => {
  const levels = async (name: string, parameters: number): Promise<ModelFile[]> =>
    Promise.all((["Q2_K", "Q4_K_M", "Q6_K", "Q8_0"] as const).map(async (type, index) => ({ ...(await folder.model(`${name}-${type}`, parameters)), family: name, type, bytes: 1000 + index })));

  it("are not hidden by many levels of a smaller one", async () => {
    const models = [...(await levels("Small", 1.6e9)), ...(await levels("Large", 4e9))];
    const abilities = await analysisWith({ models: async () => models }).readAbilities(cue);
    expect(abilities?.questions.sentence).toContain("Small");
    expect(abilities?.obligations.sentence).toContain("Large");
  });

  it("are told of each model by itself", async () => {
    const analysis = analysisWith({ models: async () => [chat, cue] });
    await analysis.readAbilities(cue);
    await analysis.readAbilities(chat);
    expect(analysis.abilities(cue)?.questions.sentence).toContain("which is among your models");
  });
});
