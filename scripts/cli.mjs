/** npm run -s cli -- …: builds when something is newer than the build, then runs Decant's command line. */
import { spawn } from "node:child_process";
import { SetUpError, main } from "./workbench/command.mjs";
import { checkNode, dependenciesAreInstalled, ensureBuilt } from "./workbench/setUp.mjs";
import { inRoot } from "./workbench/paths.mjs";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
/** The same signal twice within this time is one signal that came by two ways. */
const echoMs = 500;

await main(async () => {
  checkNode();
  if (!dependenciesAreInstalled()) throw new SetUpError('The dependencies are not installed. Run "npm ci" once, then try again.');
  await ensureBuilt({ quiet: true });
  // In a group of its own: Ctrl+C at a terminal reaches npm, this script and it all at once, and npm hands it on once more.
  const child = spawn(process.execPath, [inRoot("dist", "cli.js"), ...process.argv.slice(2)], {
    stdio: "inherit",
    cwd: process.env.INIT_CWD ?? process.cwd(),
    detached: process.platform !== "win32",
  });
  let last = 0;
  for (const signal of signals) {
    process.on(signal, () => {
      if (Date.now() - last > echoMs) child.kill(signal);
      last = Date.now();
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (!signal) return resolve(code ?? 1);
      for (const name of signals) process.removeAllListeners(name);
      process.kill(process.pid, signal); // End as the child ended, so that a shell sees the same.
      resolve(1);
    });
  });
});
