/** Runs one vitest project and counts its tests. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { runNode } from "./command.mjs";
import { inRoot, inWorkbench, root } from "./paths.mjs";

/** Answers { passed, failed, skipped }; a file that could not be loaded counts as one failed test. */
export async function runSuite(project, { args = [], env } = {}) {
  const report = inWorkbench(`${project}-report.json`);
  rmSync(report, { force: true });
  const vitest = inRoot("node_modules", "vitest", "vitest.mjs");
  const code = await runNode([vitest, "run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args], { cwd: root, env });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const unloaded = testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.every((test) => test.status !== "failed")).length;
  const failed = numFailedTests + unloaded;
  // An error outside of every test (an unhandled rejection) fails the run too.
  return { passed: numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: numPendingTests + numTodoTests };
}
