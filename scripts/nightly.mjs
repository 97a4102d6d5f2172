/**
 * npm run nightly [-- --seed N]
 * What takes too long for every change: many hostile headers and damaged checkpoints, other ones every day unless a seed is given, and
 * the suite that drives native processes.
 */
import { parseArgs } from "node:util";
import { main, runNode, say } from "./workbench/command.mjs";
import { inRoot, root } from "./workbench/paths.mjs";
import { ensureBuilt, ensureDependencies } from "./workbench/setUp.mjs";
import { runSuite } from "./workbench/suite.mjs";

await main(async () => {
  const { values } = parseArgs({ options: { seed: { type: "string", default: new Date().toISOString().slice(0, 10).replaceAll("-", "") } } });
  await ensureDependencies();
  await ensureBuilt();
  const failed = [];
  for (const [script, cases] of [["fuzzHeaders.mjs", "20000"], ["fuzzCheckpoints.mjs", "1000"]]) {
    say(`\n── ${script}, seed ${values.seed} ──`);
    if ((await runNode([inRoot("scripts", script), cases, values.seed], { cwd: root })) !== 0) failed.push(`${script} ${cases} ${values.seed}`);
  }
  say("\n── runtime ──");
  const suite = await runSuite("runtime");
  if (suite.failed > 0) failed.push(`${suite.failed} tests of native processes`);
  process.stdout.write(failed.length > 0 ? `\nFailed: ${failed.join("; ")}\n` : "\nAll passed.\n");
  return failed.length > 0 ? 1 : 0;
});
