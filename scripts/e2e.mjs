/**
 * npm run test:e2e [-- --update-screenshots] [-- more arguments for vitest, e.g. a file name]
 * Drives the real workbench with the installed .vsix in it, as a person would click.
 */
import { main, say } from "./workbench/command.mjs";
import { runEndToEnd } from "./workbench/endToEnd.mjs";
import { ensureDependencies } from "./workbench/setUp.mjs";

await main(async () => {
  const args = process.argv.slice(2);
  const updateScreenshots = args.includes("--update-screenshots");
  await ensureDependencies();
  const counts = await runEndToEnd({ updateScreenshots, args: args.filter((arg) => arg !== "--update-screenshots") });
  if (counts.leftOut) {
    say(`e2e left out: ${counts.leftOut}`);
    return 1;
  }
  return counts.failed > 0 ? 1 : 0;
});
