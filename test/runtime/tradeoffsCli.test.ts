import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(__dirname, "../..");
const text = join(root, "media/samples/evaluation-text.txt");
const quick = ["--text", text, "--chunk-tokens", "256", "--chunks", "3"];
let folder: string;
let model: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-tradeoffs-"));
  model = join(folder, "sample-F16.gguf");
  copyFileSync(join(root, "media/models/contracts-5m-F16.gguf"), model);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Awaited, not spawned in sync: the test runner must be answered while a command works. */
function cli(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  return new Promise((settle) => {
    const child = execFile(process.execPath, [join(root, "scripts/cli.mjs"), ...args, "--threads", "1"], { cwd: root, maxBuffer: 1e8, env }, (_error, stdout, stderr) =>
      settle({ status: child.exitCode ?? -1, stdout, stderr }));
  });
}
async function json<T>(...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await cli(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}
async function refusal(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli(...args);
  expect(status).toBe(1);
  expect(stdout).toBe("");
  return stderr.trim().split("\n").at(-1) ?? "";
}

interface Row {
  readonly key: string;
  readonly bytes: number;
  readonly fit?: string;
  readonly kl?: number;
  readonly klForecast?: number;
  readonly klForecastLow?: number;
  readonly klForecastHigh?: number;
  readonly chunks?: number;
  readonly clauseF1?: number;
  readonly memoryBytes?: number;
}
interface Report {
  readonly rows: readonly Row[];
  readonly advice: { readonly key: string; readonly foretold: boolean };
}
const rowOf = ({ rows }: Report, key: string): Row => rows.find((row) => row.key === key)!;

describe("tradeoffs", () => {
  it("foretells every level, then measures on request, keeps the figures, and sharpens the other forecasts", async () => {
    const foretold = await json<Report>("tradeoffs", model, ...quick);
    const levels = foretold.rows.filter(({ klForecast }) => klForecast !== undefined);
    expect(levels.length).toBeGreaterThan(15);
    expect(foretold.advice.foretold).toBe(true);
    expect(rowOf(foretold, "Q2_K").klForecast!).toBeGreaterThan(20 * rowOf(foretold, "Q8_0").klForecast!);

    const measured = await json<Report>("tradeoffs", model, ...quick, "--measure", "Q8_0,Q4_K_M");
    const q4 = rowOf(measured, "Q4_K_M");
    expect(q4.chunks).toBe(3);
    expect(q4.kl!).toBeGreaterThan(rowOf(foretold, "Q4_K_M").klForecastLow!);
    expect(q4.kl!).toBeLessThan(rowOf(foretold, "Q4_K_M").klForecastHigh!);
    const width = ({ klForecastLow, klForecastHigh }: Row): number => klForecastHigh! / klForecastLow!;
    expect(width(rowOf(measured, "Q5_K_M"))).toBeLessThan(0.6 * width(rowOf(foretold, "Q5_K_M")));

    // Asked again without measuring, the kept figures are there.
    expect(rowOf(await json<Report>("tradeoffs", model, ...quick), "Q4_K_M").kl).toBe(q4.kl);
    // Nothing was left beside the model.
    expect(readdirSync(folder).sort()).toEqual(["cache", "sample-F16.gguf"]);
  });

  it("writes a report", async () => {
    const out = join(folder, "report.md");
    const { status, stderr } = await cli("tradeoffs", model, ...quick, "--report", "md", "--out", out);
    expect(status, stderr).toBe(0);
    expect(readFileSync(out, "utf8")).toMatch(/^# Tradeoffs of sample\n[\s\S]*\| Q4_K_M \|[\s\S]*SHA-256 [0-9a-f]{64}/);
    rmSync(out);
  });

  it("tells what a level costs in found clauses", async () => {
    writeFileSync(join(folder, "a.txt"), readFileSync(join(root, "media/samples/supply-agreement.md"), "utf8"));
    const at = readFileSync(join(folder, "a.txt"), "utf8").indexOf("governed by");
    writeFileSync(join(folder, "labels.jsonl"), JSON.stringify({ file: "a.txt", spans: { "Governing Law": [[at, at + 20]] } }));
    const report = await json<Report>("tradeoffs", model, ...quick, "--measure", "Q8_0", "--labels", join(folder, "labels.jsonl"));
    expect(rowOf(report, "base").clauseF1).toBeGreaterThan(0);
    expect(rowOf(report, "Q8_0").clauseF1).toBeGreaterThan(0);
    for (const name of ["a.txt", "labels.jsonl"]) rmSync(join(folder, name));
  });

  it("answers bad input with a sentence", async () => {
    expect(await refusal("tradeoffs", join(folder, "none.gguf"))).toMatch(/^There is no file at/);
    expect(await refusal("tradeoffs", model, "--measure", "Q9")).toMatch(/^"Q9" is no level/);
    expect(await refusal("tradeoffs", model, "--measure", "IQ1_S")).toMatch(/importance matrix/);
    expect(await refusal("tradeoffs", model, "--machine", "toaster")).toMatch(/^--machine takes desktop-24-64/);
    expect(await refusal("tradeoffs", model, "--cache", "Q3")).toMatch(/^--cache takes F16, Q8_0, Q4_0/);
    const short = join(folder, "short.txt");
    writeFileSync(short, "Too short.");
    expect(await refusal("tradeoffs", model, "--text", short, "--measure", "Q8_0")).toMatch(/^The text has \d+ tokens/);
    rmSync(short);
  });
});

describe("mix", () => {
  it("makes a file of exactly the foretold size, smaller than asked, that loses less than the level of its size", async () => {
    const out = join(folder, "mix.gguf");
    const goal = 1.01 * rowOf(await json<Report>("tradeoffs", model, ...quick), "Q2_K").bytes;
    const mix = await json<{ path: string; bytes: number; kl: number; tensorTypes: Record<string, string> }>("mix", model, ...quick, "--size", `${goal / 1024 ** 2}MB`, "--measure", "Q2_K", "--out", out);
    expect(mix.bytes).toBeLessThanOrEqual(goal);
    expect(statSync(mix.path).size).toBe(mix.bytes);
    expect(new Set(Object.values(mix.tensorTypes)).size).toBeGreaterThan(1);
    const level = rowOf(await json<Report>("tradeoffs", model, ...quick), "Q2_K");
    expect(level.bytes).toBeGreaterThan(0.98 * mix.bytes);
    expect(mix.kl).toBeLessThan(level.kl!);
    rmSync(out);
  });

  it("finds the smallest within a loss", async () => {
    const before = readdirSync(folder).sort();
    const loose = await json<{ bytes: number; path?: string }>("mix", model, "--kl", "0.05", "--dry-run");
    const strict = await json<{ bytes: number }>("mix", model, "--kl", "0.005", "--dry-run");
    expect(loose.bytes).toBeLessThan(strict.bytes);
    expect(loose.path).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it("says what is wrong with a goal", async () => {
    expect(await refusal("mix", model)).toMatch(/^Give one goal/);
    expect(await refusal("mix", model, "--size", "huge")).toMatch(/^--size takes a size/);
    expect(await refusal("mix", model, "--kl", "none")).toMatch(/^--kl takes a divergence/);
    expect(await refusal("mix", model, "--size", "100KB")).toMatch(/^No mix is as small as 100.0 KiB/);
  });
});

describe("fit", () => {
  it("tells for a known shape what runs where", async () => {
    const { rows } = await json<{ rows: { level: string; fit: string; gpuLayers: number; layers: number }[] }>("fit", "--shape", "llama3-70b", "--machine", "desktop-24-64");
    const q4 = rows.find(({ level }) => level === "Q4_K_M")!;
    expect(q4).toMatchObject({ fit: "partial", layers: 81 });
    expect(q4.gpuLayers).toBeGreaterThan(30);
  });

  it("tells it for a file, on this machine", async () => {
    const { rows } = await json<{ rows: { level: string; fit: string; tokensPerSecondAtMost: number }[] }>("fit", model, "--context", "512");
    expect(rows.find(({ level }) => level === "Q8_0")?.fit).toBe("ram");
    expect(rows.find(({ level }) => level === "Q8_0")?.tokensPerSecondAtMost).toBeGreaterThan(10);
  });

  it("tells of a file that is quantized already whether it fits", async () => {
    const level = join(folder, "level.gguf");
    expect((await cli("quantize", model, "--type", "Q4_0", "--out", level)).status).toBe(0);
    const { rows } = await json<{ rows: { level: string; fit: string }[] }>("fit", level, "--machine", "laptop-16");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ level: "Q4_0", fit: "ram" });
    rmSync(level);
  });

  it("asks for a model or a shape", async () => {
    expect(await refusal("fit")).toMatch(/^Say which model, or a shape: --shape llama3-8b/);
    expect(await refusal("fit", "--shape", "llama9")).toMatch(/^--shape takes llama3-8b/);
  });
});
