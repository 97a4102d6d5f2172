// Plans the conversion of checkpoints with something wrong in their JSON, many more than the unit tests do. Fails at the first one that
// is neither planned nor refused in a sentence; the same seed gives the same checkpoints.
//   node scripts/fuzzCheckpoints.mjs [CASES] [SEED]
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const [cases = 1000, seed = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "decant-fuzz-"));
const outfile = join(folder, "checkpointFuzz.cjs");
const contents = 'export { fuzzCheckpoint } from "./test/unit/core/conversion/checkpointFuzz"; export { referenceCheckpoints } from "./test/referenceCheckpoints";';
await build({ stdin: { contents, resolveDir: join(import.meta.dirname, "..") }, bundle: true, platform: "node", format: "cjs", outfile, logLevel: "error" });
const { fuzzCheckpoint, referenceCheckpoints } = createRequire(import.meta.url)(outfile);
rmSync(folder, { recursive: true });

const started = performance.now();
const names = Object.keys(referenceCheckpoints);
let refused = 0;
for (const name of names) refused += await fuzzCheckpoint(name, seed, cases);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${cases} cases of each of ${names.length} checkpoints, seed ${seed}, in ${seconds} s: ${refused} refused, ${cases * names.length - refused} planned.`);
