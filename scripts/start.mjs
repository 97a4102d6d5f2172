/**
 * npm start [-- --port N] [-- --browser]
 * From a fresh clone to VS Code with Decant, its sample model and a sample contract. Desktop VS Code where `code` is on
 * the PATH; otherwise (or with --browser) the same workbench, served to a browser from this machine alone.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { onPath } from "./workbench/chromium.mjs";
import { SetUpError, main, read, run, say } from "./workbench/command.mjs";
import { inWorkbench, root, sampleContract } from "./workbench/paths.mjs";
import { WorkbenchServer, freePort } from "./workbench/server.mjs";
import { ensureBuilt, ensureDependencies } from "./workbench/setUp.mjs";
import { ensureTools, workbenchIsSupported } from "./workbench/tools.mjs";
import { ensureVsix } from "./workbench/vsix.mjs";

/** The folder that VS Code opens: a sample contract, kept as the person left it. */
function sampleWorkspace() {
  const folder = inWorkbench("workspace");
  const contract = path.join(folder, path.basename(sampleContract));
  mkdirSync(folder, { recursive: true });
  if (!existsSync(contract)) copyFileSync(sampleContract, contract);
  return folder;
}

/** `code` of a desktop VS Code that can open a window here; the remote one inside a VS Code terminal cannot. */
async function desktopCode() {
  const file = onPath(process.platform === "win32" ? "code.cmd" : "code");
  if (!file || realpathSync(file).includes("remote-cli")) return undefined;
  const hasDisplay = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay) return undefined;
  if (process.platform === "win32") return file;
  return (await read(file, ["--version"])) ? file : undefined;
}

async function openDesktop(code) {
  await ensureBuilt();
  const args = [`--extensionDevelopmentPath=${root}`, sampleWorkspace()];
  // VS Code refuses to run as root without these two.
  if (process.getuid?.() === 0) args.push("--no-sandbox", `--user-data-dir=${inWorkbench("desktop")}`);
  say(`Opening VS Code (${code}) …`);
  const exit = process.platform === "win32" ? await run("cmd.exe", ["/d", "/c", code, ...args]) : await run(code, args);
  if (exit !== 0) throw new SetUpError(`"${code}" ended with code ${exit}. Try "npm start -- --browser".`);
}

async function installExtension(server, vsix) {
  const stamp = path.join(server.extensionsFolder, "decant.installed");
  const version = String(statSync(vsix).mtimeMs);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === version) return;
  say("Installing the extension …");
  await server.installExtension(vsix);
  writeFileSync(stamp, version);
}

async function serve(port) {
  if (port !== undefined) await freePort(port); // Say so now, not after the installation.
  await ensureTools();
  const vsix = await ensureVsix();
  const server = new WorkbenchServer(inWorkbench("start"));
  if (!existsSync(server.settingsFile)) server.writeSettings();
  await installExtension(server, vsix);
  say("Starting the workbench …");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.stop());
  const address = await server.start({ port });
  say(`\nDecant is open at  ${address}?folder=${encodeURIComponent(sampleWorkspace())}`);
  say("Open it in a browser on this machine. In the activity bar: Decant. Stop with Ctrl+C.");
  await server.ended();
  say("\nStopped.");
}

await main(async () => {
  const { values } = parseArgs({ options: { port: { type: "string" }, browser: { type: "boolean", default: false } } });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new SetUpError(`--port wants a number from 1 to 65535, not "${values.port}".`);
  }
  await ensureDependencies();
  const code = values.browser || port !== undefined ? undefined : await desktopCode();
  if (code) return openDesktop(code);
  if (!workbenchIsSupported()) {
    throw new SetUpError(`On ${process.platform} Decant opens in desktop VS Code, and "code" is not on the PATH. Install it from https://code.visualstudio.com, run "Shell Command: Install 'code' command in PATH" from its command palette, then run npm start again.`);
  }
  return serve(port);
});
