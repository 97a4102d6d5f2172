/** Makes a fresh clone ready: the right Node, the dependencies of the lock file, an up-to-date build. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { SetUpError, runNode, runNpm, say } from "./command.mjs";
import { inRoot, root } from "./paths.mjs";

const oldestNode = 20;

export function checkNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < oldestNode) {
    throw new SetUpError(`Decant needs Node.js ${oldestNode} or newer and this is ${process.versions.node}. Install a newer one from https://nodejs.org and try again.`);
  }
}

/** Whether node_modules holds what the lock file asks for, by npm's own record of what it installed. */
export function dependenciesAreInstalled() {
  const record = inRoot("node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional, devOptional, link }]) =>
      name === "" || link || (optional && !installed[name]) || (devOptional && !installed[name]) || installed[name]?.version === version,
  );
}

export async function ensureDependencies({ quiet = false } = {}) {
  checkNode();
  if (dependenciesAreInstalled()) return;
  say("Installing the dependencies of package-lock.json (npm ci) …");
  const code = await runNpm(["ci", "--no-audit", "--no-fund"], { cwd: root, quiet });
  if (code === 127) throw new SetUpError("npm was not found. It comes with Node.js: install it from https://nodejs.org and try again.");
  if (code !== 0) throw new SetUpError("npm ci failed: its own message is above. Check the network and the registry setting (npm config get registry), then try again.");
}

/** The time of the newest file at or under the given paths, in milliseconds; 0 when there is none. */
export function newestTime(...paths) {
  let newest = 0;
  for (const file of paths) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) continue;
    newest = Math.max(newest, stat.isDirectory() ? newestTime(...readdirSync(file).map((name) => path.join(file, name))) : stat.mtimeMs);
  }
  return newest;
}

/** Every file that a build is made from. */
export const buildInputs = ["src", "webview", "esbuild.mjs", "package.json", "package-lock.json"].map((name) => inRoot(name));

export async function ensureBuilt({ quiet = false } = {}) {
  const outputs = ["extension.js", "runtime.js", "cli.js"].map((name) => statSync(inRoot("dist", name), { throwIfNoEntry: false }));
  const oldest = Math.min(...outputs.map((stat) => stat?.mtimeMs ?? 0));
  if (oldest >= newestTime(...buildInputs)) return;
  if (!quiet) say("Building …");
  const code = await runNode(["esbuild.mjs"], { cwd: root, quiet });
  if (code !== 0) throw new SetUpError("The build failed: its messages are above.");
}
