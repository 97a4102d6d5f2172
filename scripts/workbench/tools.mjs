/**
 * The real VS Code workbench for a browser: code-server and the Node release that it asks for, in .workbench/tools.
 * Install scripts are skipped, so no compiler and no system library is needed; what stays unbuilt is not used here
 * (Kerberos sign-in, log files on disk).
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SetUpError, runNpm, say } from "./command.mjs";
import { inRoot, inWorkbench } from "./paths.mjs";

const folder = inWorkbench("tools");
const stamp = path.join(folder, "installed.json");

/** What runs the workbench: the Node binary and the script to give it. */
export const tools = {
  node: path.join(folder, "node_modules", `node-linux-${process.arch}`, "bin", "node"),
  server: path.join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
};

export function workbenchIsSupported() {
  return process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64");
}

async function npm(args, cwd) {
  const code = await runNpm([...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd, quiet: true });
  if (code !== 0) throw new SetUpError(`Installing the workbench failed (npm ${args[0]} in ${path.relative(inRoot(), cwd)}): its message is above. Check the network, then try again.`);
}

export async function ensureTools() {
  const lock = readFileSync(inRoot("scripts", "workbench", "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock && existsSync(tools.node)) return;
  say("Installing the VS Code workbench into .workbench/tools (once; about half a minute, 740 MB) …");
  rmSync(stamp, { force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) copyFileSync(inRoot("scripts", "workbench", name), path.join(folder, name));
  await npm(["ci"], folder);
  // The inner packages have a shrinkwrap that is out of step with their package.json: "npm ci" refuses it.
  const inner = path.join(folder, "node_modules", "code-server", "lib", "vscode");
  await npm(["install", "--omit=dev"], inner);
  await npm(["install", "--omit=dev"], path.join(inner, "extensions"));
  if (!existsSync(tools.node)) throw new SetUpError(`npm left out the package node-linux-${process.arch}. Delete .workbench/tools and try again.`);
  writeFileSync(stamp, lock);
}
