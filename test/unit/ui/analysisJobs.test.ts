import { describe, expect, it } from "vitest";
import type * as vscode from "vscode";
import { HumanError } from "../../../src/protocol/humanError";
import type { ModelFile } from "../../../src/protocol/model";
import type { AnalysisSnapshot, ShownFinding } from "../../../src/protocol/panels";
import { type CancellationToken, CancellationTokenSource } from "../../../src/protocol/rpc";
import type { Corrections } from "../../../src/services/analysis/corrections";
import type { DocumentAnalysis } from "../../../src/services/analysis/documentAnalysis";
import type { Analyses, Analysis } from "../../../src/ui/inlineAnalysis/analyses";
import { AnalysisJobs } from "../../../src/ui/inlineAnalysis/analysisJobs";
import { Reading } from "../../../src/ui/inlineAnalysis/reading";
import { UnableModelError } from "../../../src/ui/inlineAnalysis/unableModelError";

const never = new CancellationTokenSource().token;
const text = "One. Two. Three.";

function model(name: string): ModelFile {
  return { path: `/${name}.gguf`, family: name, type: "F16", bytes: 1, parameters: 1, architecture: "llama", contextLength: 512 };
}

function finding(start: number): ShownFinding {
  return { category: "Governing Law", start, end: start + 4, probability: 0.9, id: `Governing Law@${start}`, severity: "information", line: 1, quote: "", why: "" };
}

const half = (findings: readonly ShownFinding[]): AnalysisSnapshot => ({ findings, progress: { label: "Passage 1 of 2", fraction: 0.5 } });

/** A document, and a service that yields what a test pushes. */
function stage() {
  const uri = { path: "/a.md", toString: () => "file:///a.md" } as vscode.Uri;
  const document = { uri, getText: () => text } as vscode.TextDocument;
  const analysis: Analysis = { document, reading: new Reading({ uri: "file:///a.md", name: "a.md" }) };
  const analyses = { open: () => analysis, get: () => analysis, find: () => ({ document, finding: finding(0) }), changed: () => undefined, onDidEnd: () => ({ dispose: () => undefined }) } as unknown as Analyses;
  const script: (AnalysisSnapshot | Error | Promise<void>)[] = [];
  const service = {
    async *analyse(_document: unknown, _model: unknown, token: CancellationToken): AsyncGenerator<AnalysisSnapshot> {
      for (let next = script.shift(); next; next = script.shift()) {
        if (next instanceof Promise) await next;
        else if (next instanceof Error) throw next;
        else yield next;
        if (token.isCancellationRequested) throw HumanError.cancelled();
      }
    },
    async *write(): AsyncGenerator<Partial<AnalysisSnapshot>> {
      yield { summary: [{ text: "It is short.", quotes: [] }], progress: { label: "Part 1 of 2", fraction: 0.5 } };
      throw HumanError.cancelled();
    },
    readAbilities: async ({ family }: ModelFile) => ({ questions: { able: family === "talker", sentence: `${family} cannot.` }, summary: { able: true } }),
  } as unknown as DocumentAnalysis;
  const jobs = new AnalysisJobs(analyses, service, { of: async () => [] } as unknown as Corrections);
  return { analysis, document, jobs, script, starts: () => analysis.reading.findings.map(({ start }) => start) };
}

describe("AnalysisJobs", () => {
  it("shows findings as they come in a first reading, and keeps them when it is stopped", async () => {
    const { analysis, document, jobs, script, starts } = stage();
    let release = (): void => undefined;
    script.push(half([finding(0)]), new Promise<void>((resolve) => (release = resolve)), { findings: [finding(0), finding(5)] });
    const reading = jobs.analyse(document, model("sample"), never);
    await new Promise((resolve) => setTimeout(resolve));
    expect(starts()).toEqual([0]);
    jobs.stop();
    release();
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
    expect(starts()).toEqual([0]);
    expect(analysis.reading.snapshot.problem).toBe("Stopped: the rest of the document was not read.");
    expect(analysis.reading.snapshot.progress).toBeUndefined();
  });

  it("keeps the old findings until a second reading by the same model is whole", async () => {
    const { document, jobs, script, starts } = stage();
    script.push({ findings: [finding(0), finding(5)] });
    await jobs.analyse(document, model("sample"), never);
    const during: number[][] = [];
    script.push(half([]), { findings: [finding(10)] });
    await jobs.analyse(document, model("sample"), never, () => during.push(starts()));
    expect(during).toEqual([[0, 5], [10]]);
  });

  it("starts afresh when another model reads", async () => {
    const { document, jobs, script, starts } = stage();
    script.push({ findings: [finding(0), finding(5)] });
    await jobs.analyse(document, model("sample"), never);
    const during: number[][] = [];
    script.push(half([]), { findings: [finding(10)] });
    await jobs.analyse(document, model("other"), never, () => during.push(starts()));
    expect(during).toEqual([[], [10]]);
  });

  it("tells a reading that gave way to another job from one that failed", async () => {
    const { analysis, document, jobs, script } = stage();
    let release = (): void => undefined;
    script.push(half([finding(0)]), new Promise<void>((resolve) => (release = resolve)), { findings: [] });
    const first = jobs.analyse(document, model("sample"), never);
    await new Promise((resolve) => setTimeout(resolve));
    const second = jobs.analyse(document, model("sample"), never);
    release();
    expect(await first).toBe(false);
    script.push(new HumanError("runtimeCrashed", "It crashed."));
    await second.catch(() => undefined);
    script.push(new HumanError("runtimeCrashed", "It crashed."));
    await expect(jobs.analyse(document, model("sample"), never)).rejects.toThrow("It crashed.");
    expect(analysis.reading.snapshot.problem).toBe("It crashed.");
  });

  it("refuses what the writer cannot do, until another one is chosen", async () => {
    const { analysis, document, jobs, script } = stage();
    await expect(jobs.ask(analysis, "Who?", never)).rejects.toThrow("Analyse the document first.");
    script.push({ findings: [] });
    await jobs.analyse(document, model("sample"), never);
    await expect(jobs.ask(analysis, "Who?", never)).rejects.toBeInstanceOf(UnableModelError);
    await jobs.useWriter(analysis, model("talker"));
    expect(analysis.reading.snapshot.abilities?.questions.able).toBe(true);
    script.push({ findings: [] });
    await jobs.analyse(document, model("sample"), never);
    expect(analysis.reading.snapshot.abilities?.questions.able).toBe(true);
    expect(analysis.writer?.family).toBe("talker");
  });

  it("keeps what was written until it was stopped", async () => {
    const { analysis, document, jobs, script } = stage();
    script.push({ findings: [] });
    await jobs.analyse(document, model("sample"), never);
    await expect(jobs.write(analysis, "summary", never)).rejects.toMatchObject({ code: "cancelled" });
    expect(analysis.reading.snapshot).toMatchObject({ summary: [{ text: "It is short." }], progress: undefined });
  });
});
