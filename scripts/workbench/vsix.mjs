/**
 * Makes the .vsix from a staging folder, so that what is in it is a short list: the bundles, the media, and the two
 * native packages with what they depend on. .vscodeignore then takes out what those packages carry and never run.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SetUpError, run, runNode, runNpm, say } from "./command.mjs";
import { inRoot } from "./paths.mjs";
import { buildInputs, newestTime } from "./setUp.mjs";

/** Per VS Code target the packages that carry its binaries. */
export const targets = {
  "linux-x64": ["@node-llama-cpp/linux-x64", "@koromix/koffi-linux-x64"],
  "linux-arm64": ["@node-llama-cpp/linux-arm64", "@koromix/koffi-linux-arm64"],
  "darwin-arm64": ["@node-llama-cpp/mac-arm64-metal", "@koromix/koffi-darwin-arm64"],
  "darwin-x64": ["@node-llama-cpp/mac-x64", "@koromix/koffi-darwin-x64"],
  "win32-x64": ["@node-llama-cpp/win-x64", "@koromix/koffi-win32-x64"],
};

/** The packages that the bundles load at run time; all else is inside the bundles. */
const external = ["koffi", "node-llama-cpp"];
/** Packages of binaries come from `targets`; @reflink only speeds up copies in node-llama-cpp's own downloads. */
const binaries = ["@node-llama-cpp/", "@koromix/", "@reflink/"];
const copied = ["media", "README.md", "CHANGELOG.md", "LICENSE", ".vscodeignore"];

function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}

/** Folders in node_modules, relative to the root, of the external packages and all they depend on. */
function runtimePackages() {
  const found = new Set();
  const visit = (name, from) => {
    // As Node looks it up: in the node_modules of the folder and of every folder above.
    for (let at = from; ; at = path.posix.dirname(at)) {
      const folder = path.posix.join(at, "node_modules", name);
      if (existsSync(inRoot(folder, "package.json"))) {
        if (found.has(folder)) return;
        found.add(folder);
        const { dependencies = {}, optionalDependencies = {} } = manifestOf(inRoot(folder));
        for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
          if (!binaries.some((prefix) => next.startsWith(prefix))) visit(next, folder);
        }
        return;
      }
      if (at === ".") return; // An optional package that this platform does not have.
    }
  };
  for (const name of external) visit(name, ".");
  return [...found];
}

/** The version that the lock file pins for a package of binaries. */
function pinnedVersion(name) {
  const owner = name.startsWith("@koromix/") ? "koffi" : "node-llama-cpp";
  return manifestOf(inRoot("node_modules", owner)).optionalDependencies[name];
}

/** Copies a package of binaries from node_modules, or takes another platform's from the registry. */
async function stageBinaries(name, stage) {
  const goal = path.join(stage, "node_modules", name);
  const version = pinnedVersion(name);
  const own = inRoot("node_modules", name);
  if (existsSync(own) && manifestOf(own).version === version) {
    cpSync(own, goal, { recursive: true });
    return;
  }
  say(`Fetching ${name}@${version} …`);
  const download = mkdtempSync(path.join(tmpdir(), "decant-pack-"));
  try {
    const code = await runNpm(["pack", `${name}@${version}`, "--pack-destination", download, "--loglevel=error"], { cwd: download, quiet: true });
    if (code !== 0) throw new SetUpError(`npm could not fetch ${name}@${version}, which holds this target's binaries: its message is above.`);
    const [archive] = readdirSync(download);
    mkdirSync(goal, { recursive: true });
    if ((await run("tar", ["-xzf", path.join(download, archive), "-C", goal, "--strip-components=1"])) !== 0) {
      throw new SetUpError(`${archive} could not be unpacked: this needs the program "tar".`);
    }
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

/** Builds for production in a folder of its own: the working tree's dist stays as it is. */
async function stageBundles(stage) {
  const build = path.join(stage, "..", "build");
  mkdirSync(build);
  for (const name of ["src", "webview", "node_modules", "media"]) symlinkSync(inRoot(name), path.join(build, name), "junction");
  if ((await runNode([inRoot("esbuild.mjs"), "--production"], { cwd: build })) !== 0) throw new SetUpError("The build failed: its messages are above.");
  renameSync(path.join(build, "dist"), path.join(stage, "dist"));
}

/** What of package.json VS Code and vsce read; the dependencies are those that are really in the package. */
function stageManifest(stage) {
  const manifest = manifestOf(inRoot());
  for (const key of ["devDependencies", "scripts", "overrides"]) delete manifest[key];
  manifest.dependencies = Object.fromEntries(external.map((name) => [name, manifest.dependencies[name]]));
  writeFileSync(path.join(stage, "package.json"), JSON.stringify(manifest, undefined, 2));
}

export function vsixFile(target) {
  return inRoot(`decant-${target}.vsix`);
}

/** Answers the path of the new .vsix. */
export async function packageVsix(target) {
  const work = mkdtempSync(path.join(tmpdir(), "decant-vsix-"));
  const stage = path.join(work, "extension");
  try {
    mkdirSync(stage);
    await stageBundles(stage);
    stageManifest(stage);
    for (const name of copied) cpSync(inRoot(name), path.join(stage, name), { recursive: true });
    for (const folder of runtimePackages()) {
      cpSync(inRoot(folder), path.join(stage, folder), { recursive: true, filter: (file) => !path.relative(inRoot(folder), file).startsWith("node_modules") });
    }
    for (const name of targets[target]) await stageBinaries(name, stage);
    const file = vsixFile(target);
    const made = path.join(work, "made.vsix");
    const vsce = inRoot("node_modules", "@vscode", "vsce", "vsce");
    const code = await runNode([vsce, "package", "--target", target, "--out", made, "--allow-missing-repository", "--no-rewrite-relative-links"], { cwd: stage, quiet: true });
    if (code !== 0) throw new SetUpError("vsce could not make the package: its message is above.");
    cpSync(made, file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The .vsix of this machine's platform, made anew when anything that goes into it is newer. */
export async function ensureVsix() {
  const target = `${process.platform}-${process.arch}`;
  const file = vsixFile(target);
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const inputs = [...buildInputs, ...copied.map((name) => inRoot(name)), inRoot("scripts", "workbench", "vsix.mjs")];
  if (made >= newestTime(...inputs)) return file;
  say("Packaging the extension …");
  return packageVsix(target);
}
