/**
 * npm test [-- --unit --runtime --e2e]
 * Installs what is missing, then types, lint and the three suites; with flags the named suites alone.
 * The last line is the sum: "N passed, N failed".
 */
import { parseArgs } from "node:util";
import { main, runNode, say } from "./workbench/command.mjs";
import { runEndToEnd } from "./workbench/endToEnd.mjs";
import { inRoot, root } from "./workbench/paths.mjs";
import { ensureBuilt, ensureDependencies } from "./workbench/setUp.mjs";
import { runSuite } from "./workbench/suite.mjs";

/** A check counts as one test. */
async function check(...commands) {
  for (const [file, ...args] of commands) {
    if ((await runNode([inRoot("node_modules", ...file.split("/")), ...args], { cwd: root })) !== 0) return { passed: 0, failed: 1, skipped: 0 };
  }
  return { passed: 1, failed: 0, skipped: 0 };
}

const checks = {
  types: () => check(["typescript/bin/tsc", "-p", "."], ["typescript/bin/tsc", "-p", "webview"]),
  lint: () => check(["eslint/bin/eslint.js", "."]),
};
const suites = {
  unit: () => runSuite("unit"),
  runtime: () => runSuite("runtime"),
  e2e: () => runEndToEnd(),
};

await main(async () => {
  const boolean = { type: "boolean", default: false };
  const { values } = parseArgs({ options: { unit: boolean, runtime: boolean, e2e: boolean } });
  const named = Object.keys(suites).filter((name) => values[name]);
  const parts = Object.entries(named.length > 0 ? Object.fromEntries(named.map((name) => [name, suites[name]])) : { ...checks, ...suites });

  await ensureDependencies();
  await ensureBuilt();
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const summary = [];
  for (const [name, runPart] of parts) {
    say(`\n── ${name} ──`);
    const started = Date.now();
    const counts = await runPart();
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    if (counts.leftOut) {
      summary.push(`!!! e2e left out: ${counts.leftOut}`);
      if (process.env.CI) sum.failed += 1; // In CI a suite that cannot run has failed.
      continue;
    }
    for (const key of Object.keys(sum)) sum[key] += counts[key];
    summary.push(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`);
  }
  process.stdout.write(`\n${summary.join("\n")}\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}\n`);
  return sum.failed > 0 ? 1 : 0;
});
