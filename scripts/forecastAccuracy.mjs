// How well KL divergence is foretold: forecasts before any measurement, and after three levels were measured, against all
// levels measured. One Markdown table row per model.
//   node scripts/forecastAccuracy.mjs --text FILE [--imatrix FILE] [--chunks N] MODEL.gguf …
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { text: { type: "string" }, imatrix: { type: "string" }, chunks: { type: "string", default: "30" } } });
if (!values.text || positionals.length === 0) throw new Error("usage: node scripts/forecastAccuracy.mjs --text FILE [--imatrix FILE] MODEL.gguf …");

const few = "Q8_0,Q4_K_M,Q2_K";
const rank = (list) => {
  const order = [...list.keys()].sort((a, b) => list[a] - list[b]);
  const ranks = [];
  order.forEach((index, place) => (ranks[index] = place));
  return ranks;
};
const spearman = (a, b) => {
  const [x, y] = [rank(a), rank(b)];
  const n = x.length;
  return 1 - (6 * x.reduce((sum, value, index) => sum + (value - y[index]) ** 2, 0)) / (n * (n * n - 1));
};
const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};
const percent = (share) => `${(100 * share).toFixed(0)} %`;

console.log("| Model | Levels | Spearman, none measured | Median error | Spearman, 3 measured | Median error | In the interval |");
console.log("|---|---:|---:|---:|---:|---:|---:|");
for (const model of positionals) {
  const cache = mkdtempSync(join(tmpdir(), "decant-accuracy-"));
  try {
    const tradeoffs = (...more) => {
      const matrix = values.imatrix ? ["--imatrix", values.imatrix] : [];
      const args = ["scripts/cli.mjs", "tradeoffs", model, "--json", "--text", values.text, "--chunk-tokens", "256", "--chunks", values.chunks, ...matrix, ...more];
      const run = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: cache }, maxBuffer: 1e8 });
      if (run.status !== 0) throw new Error(run.stderr.split("\n").slice(-3).join("\n"));
      return new Map(JSON.parse(run.stdout).rows.map((row) => [row.key, row]));
    };
    const before = tradeoffs();
    const after = tradeoffs("--measure", few);
    const measured = tradeoffs("--measure", "all");
    const keys = [...measured].filter(([, row]) => row.kl !== undefined).map(([key]) => key);
    const others = keys.filter((key) => !few.split(",").includes(key));
    const truth = (key) => measured.get(key).kl;
    const error = (rows) => (key) => Math.abs(rows.get(key).klForecast / truth(key) - 1);
    const inside = others.filter((key) => after.get(key).klForecastLow <= truth(key) && truth(key) <= after.get(key).klForecastHigh);
    const cells = [
      basename(model), keys.length,
      spearman(keys.map((key) => before.get(key).klForecast), keys.map(truth)).toFixed(3), percent(median(keys.map(error(before)))),
      spearman(others.map((key) => after.get(key).klForecast), others.map(truth)).toFixed(3), percent(median(others.map(error(after)))),
      `${inside.length} of ${others.length}`,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
