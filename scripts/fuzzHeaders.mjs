// Parses hostile headers of model files, many more than the unit tests do, and watches the memory. Fails at the first one
// that crashes the parser or takes long; the same seed gives the same headers.
//   node scripts/fuzzHeaders.mjs [CASES] [SEED]
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const [cases = 20_000, seed = 1] = process.argv.slice(2).map(Number);
/** Bytes beyond what the process has at the start, and milliseconds of one case on a busy machine. */
const mostMemory = 512 * 2 ** 20;
const mostTime = 5000;

const folder = mkdtempSync(join(tmpdir(), "decant-fuzz-"));
const outfile = join(folder, "headerFuzz.cjs");
await build({ entryPoints: ["test/unit/core/gguf/headerFuzz.ts"], bundle: true, platform: "node", format: "cjs", outfile, logLevel: "error" });
const { fuzzHeaders } = createRequire(import.meta.url)(outfile);
rmSync(folder, { recursive: true });

const atStart = process.memoryUsage().rss;
const started = performance.now();
let [last, slowest, memory] = [started, 0, 0];
const tally = fuzzHeaders(seed, cases, (index) => {
  const now = performance.now();
  slowest = Math.max(slowest, now - last);
  if (now - last > mostTime) throw new Error(`Case ${index} of seed ${seed} took ${Math.round(now - last)} ms.`);
  last = now;
  if (index % 100 === 0) memory = Math.max(memory, process.memoryUsage().rss - atStart);
  if (memory > mostMemory) throw new Error(`Memory grew by ${Math.round(memory / 2 ** 20)} MiB up to case ${index} of seed ${seed}.`);
});
console.log(`${cases} headers of seed ${seed} in ${((last - started) / 1000).toFixed(1)} s: ${Object.entries(tally).map(([kind, count]) => `${count} ${kind}`).join(", ")}; slowest ${Math.round(slowest)} ms, memory grew by ${Math.round(memory / 2 ** 20)} MiB.`);
