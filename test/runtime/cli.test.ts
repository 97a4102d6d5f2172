import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../src/protocol/documents";
import type { MeasuredRow } from "../../src/protocol/model";

const root = resolve(__dirname, "../..");
const modelsFolder = join(root, "media/models");
const sample = join(modelsFolder, readdirSync(modelsFolder).find((name) => name.endsWith("-F16.gguf")) ?? "missing.gguf");
const contract = join(root, "media/samples/supply-agreement.md");
let folder: string;
let model: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-cli-"));
  model = join(folder, "sample-F16.gguf");
  copyFileSync(sample, model);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cli(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, "scripts/cli.mjs"), ...args, "--threads", "1"], { encoding: "utf8", cwd: root, maxBuffer: 1e8 });
}
function json<T>(...args: string[]): T {
  const { status, stdout, stderr } = cli(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

describe("command line", () => {
  it("lists models, and names the problem of a file that cannot be read", () => {
    writeFileSync(join(folder, "broken.gguf"), "nonsense");
    const { models } = json<{ models: { path: string; type: string; family: string; problem?: string }[] }>("models", folder);
    expect(models.map(({ family, type }) => [family, type])).toEqual([["broken", "unknown"], ["sample", "F16"]]);
    expect(models[0]?.problem).toBe("broken.gguf is not a GGUF file.");
    rmSync(join(folder, "broken.gguf"));
  });

  it("inspects", () => {
    const file = json<{ type: string; metadata: Record<string, unknown>; tensors: { type: string }[] }>("inspect", model);
    expect(file.type).toBe("F16");
    expect(file.metadata["general.architecture"]).toBe("llama");
    expect(file.tensors.length).toBeGreaterThan(10);
  });

  it("foretells the exact size, then makes it", () => {
    const foretold = json<{ bytes: number; path?: string }>("quantize", model, "--type", "Q4_K_M", "--dry-run");
    expect(foretold.path).toBeUndefined();
    const made = json<{ path: string; bytes: number; type: string; bitsPerWeight: number; seconds: number }>("quantize", model, "--type", "q4_k_m");
    expect(made.path).toBe(join(folder, "sample-Q4_K_M.gguf"));
    expect(made.bytes).toBe(foretold.bytes);
    expect(statSync(made.path).size).toBe(made.bytes);
    const again = cli("quantize", model, "--type", "Q4_K_M");
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/exists/);
    expect(existsSync(`${made.path}.partial`)).toBe(false);
  });

  it("measures: KL of Q8_0, Q4_K_M and Q2_K rises in that order", () => {
    const variants = ["Q8_0", "Q4_K_M", "Q2_K"].map((type) => {
      const out = join(folder, `sample-${type}.gguf`);
      if (!existsSync(out)) json("quantize", model, "--type", type);
      return out;
    });
    const measured = json<{ text: string; context: number; chunks: number; rows: MeasuredRow[] }>("measure", model, ...variants, "--text", contract, "--context", "256", "--chunks", "3");
    expect(measured).toMatchObject({ text: "supply-agreement.md", context: 256, chunks: 3 });
    expect(measured.rows.map(({ type }) => type)).toEqual(["F16", "Q8_0", "Q4_K_M", "Q2_K"]);
    expect(measured.rows[0]?.kl).toBeUndefined();
    const kl = measured.rows.slice(1).map((row) => row.kl?.mean ?? Number.NaN);
    expect(kl[0]).toBeGreaterThan(0);
    expect(kl[1]).toBeGreaterThan(kl[0] ?? 0);
    expect(kl[2]).toBeGreaterThan(kl[1] ?? 0);
    for (const row of measured.rows) expect(Math.min(row.perplexity.value, row.promptTokensPerSecond, row.generationTokensPerSecond)).toBeGreaterThan(0);
  });

  it("spots clauses", () => {
    const { file, findings } = json<{ file: string; findings: Finding[] }>("spot", contract, "--model", model);
    expect(file).toBe(contract);
    expect(findings.map(({ category }) => category)).toContain("Governing Law");
    for (const { start, end, probability } of findings) {
      expect(end).toBeGreaterThan(start);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    [["frobnicate"], /no command "frobnicate"/],
    [["models", "--source", "elsewhere"], /--source takes ollama, huggingface, lmstudio, llamacpp, not "elsewhere"/],
    [["models", "/nowhere/at/all"], /no folder/],
    [["inspect", "/nowhere.gguf"], /no file/],
    [["quantize", "MODEL"], /--type is missing/],
    [["quantize", "MODEL", "--type", "Q9"], /"Q9" is no level/],
    [["quantize", "MODEL", "--type", "Q8_0", "--out", "MODEL"], /would overwrite the model it is made from/],
    [["measure", "MODEL", "--text", "/nowhere.txt"], /no file/],
    [["measure", "MODEL", "--text", "SHORT"], /tokens/],
    [["measure", "MODEL", "--text", "CONTRACT", "--context", "0"], /whole number/],
    [["spot", "CONTRACT", "--model", "/nowhere.gguf"], /no file/],
    [["spot", "MODEL", "--model", "MODEL"], /not a text file/],
  ])("%j fails with a sentence", (args, sentence) => {
    const short = join(folder, "short.txt");
    writeFileSync(short, "Too short.");
    const named: Record<string, string> = { MODEL: model, CONTRACT: contract, SHORT: short };
    const { status, stdout, stderr } = cli(...args.map((arg) => named[arg] ?? arg));
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
