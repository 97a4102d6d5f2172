/**
 * npm run package [-- --target linux-x64|linux-arm64|darwin-arm64|darwin-x64|win32-x64]
 * Makes decant-<target>.vsix with that platform's CPU binaries (and Metal on Apple silicon) alone.
 */
import { parseArgs } from "node:util";
import { statSync } from "node:fs";
import { SetUpError, main, say } from "./workbench/command.mjs";
import { packageVsix, targets } from "./workbench/vsix.mjs";
import { ensureDependencies } from "./workbench/setUp.mjs";

await main(async () => {
  const { values } = parseArgs({ options: { target: { type: "string", default: "linux-x64" } } });
  if (!Object.hasOwn(targets, values.target)) {
    throw new SetUpError(`There is no target "${values.target}". Choose one of ${Object.keys(targets).join(", ")}.`);
  }
  await ensureDependencies();
  say(`Packaging for ${values.target} …`);
  const file = await packageVsix(values.target);
  say(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
});
