/**
 * What compression costs a reader of contracts: clause F1 of a model at several levels, as rows of a Markdown table.
 *
 *   npx esbuild scripts/model/levels.ts --bundle --platform=node --format=cjs --outfile=.cache/model/levels.cjs
 *   node .cache/model/levels.cjs MODEL-F16.gguf --contracts DIR [--split dev] [--levels Q8_0,Q4_K_M,Q2_K]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ClauseCounts, type LabelledSpans, addClauses, clauseF1, countClauses, noClauses } from "../../src/core/evaluation/clauseScore";
import { clauseCategories } from "../../src/core/documents/taxonomy";
import type { Finding } from "../../src/protocol/documents";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { contracts: { type: "string" }, split: { type: "string", default: "dev" }, levels: { type: "string", default: "Q8_0,Q6_K,Q5_K_M,Q4_K_M,Q4_0,Q3_K_M,Q2_K" }, threads: { type: "string", default: "1" } },
});
const [model] = positionals;
const { contracts, split } = values;
if (!model || !contracts) throw new Error("usage: node levels.cjs MODEL-F16.gguf --contracts DIR");

const labels = readFileSync(join(contracts, `${split}.labels.jsonl`), "utf8").split("\n").filter(Boolean)
  .map((line) => JSON.parse(line) as { readonly file: string; readonly spans: LabelledSpans });
const folder = mkdtempSync(join(tmpdir(), "decant-levels-"));
try {
  console.log("| Level | Size | micro-F1 | macro-F1 | found |\n|---|---:|---:|---:|---:|");
  row("F16", model);
  for (const level of values.levels.split(",")) {
    const path = join(folder, `${level}.gguf`);
    cli("quantize", model, "--type", level, "--out", path);
    row(level, path);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function row(level: string, path: string): void {
  const lines = cli("spot", ...labels.map(({ file }) => join(contracts ?? "", file)), "--model", path, "--threads", values.threads, "--json").split("\n").filter(Boolean);
  const found = lines.map((line) => (JSON.parse(line) as { readonly findings: readonly Finding[] }).findings);
  const total = counts(found, () => true);
  const each = clauseCategories.map(({ name }) => counts(found, (category) => category === name)).filter(({ labelled }) => labelled > 0);
  const macro = each.reduce((sum, count) => sum + clauseF1(count), 0) / each.length;
  console.log(`| ${level} | ${(statSync(path).size / 1024 ** 2).toFixed(1)} MiB | ${clauseF1(total).toFixed(3)} | ${macro.toFixed(3)} | ${total.found} |`);
}

function counts(found: readonly (readonly Finding[])[], wanted: (category: string) => boolean): ClauseCounts {
  return labels.reduce((sum, { spans }, index) => {
    const own = Object.fromEntries(Object.entries(spans).filter(([category]) => wanted(category)));
    return addClauses(sum, countClauses((found[index] ?? []).filter(({ category }) => wanted(category)), own));
  }, noClauses);
}

function cli(...args: readonly string[]): string {
  const run = spawnSync(process.execPath, ["scripts/cli.mjs", ...args], { encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: folder }, maxBuffer: 1e9 });
  if (run.status !== 0) throw new Error(run.stderr.split("\n").slice(-3).join("\n"));
  return run.stdout;
}
