/** npm run -s cli -- …: builds when something is newer than the build, then runs Decant's command line. */
import { spawn } from "node:child_process";
import { SetUpError, main } from "./workbench/command.mjs";
import { checkNode, dependenciesAreInstalled, ensureBuilt } from "./workbench/setUp.mjs";
import { inRoot } from "./workbench/paths.mjs";

await main(async () => {
  checkNode();
  if (!dependenciesAreInstalled()) throw new SetUpError('The dependencies are not installed. Run "npm ci" once, then try again.');
  await ensureBuilt({ quiet: true });
  const child = spawn(process.execPath, [inRoot("dist", "cli.js"), ...process.argv.slice(2)], { stdio: "inherit", cwd: process.env.INIT_CWD ?? process.cwd() });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (!signal) return resolve(code ?? 1);
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
      process.kill(process.pid, signal); // End as the child ended, so that a shell sees the same.
      resolve(1);
    });
  });
});
