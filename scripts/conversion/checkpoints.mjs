// Writes the tiny checkpoints of test/checkpoint.ts into a folder: node scripts/conversion/checkpoints.mjs FOLDER
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node scripts/conversion/checkpoints.mjs FOLDER");
const scratch = mkdtempSync(join(tmpdir(), "decant-checkpoints-"));
const bundle = join(scratch, "checkpoints.mjs");
try {
  await build({ entryPoints: [resolve(import.meta.dirname, "../../test/referenceCheckpoints.ts")], bundle: true, platform: "node", format: "esm", outfile: bundle, logLevel: "warning" });
  const { referenceCheckpoints, writeCheckpoint } = await import(pathToFileURL(bundle).href);
  for (const [name, options] of Object.entries(referenceCheckpoints)) writeCheckpoint(join(folder, name), options);
} finally {
  rmSync(scratch, { recursive: true });
}
