/** One workbench with the packaged extension for all e2e tests; vitest gets its address in the environment. */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { say } from "./command.mjs";
import { ensureChromium } from "./chromium.mjs";
import { extensionId, inRoot, inWorkbench, sampleContract } from "./paths.mjs";
import { WorkbenchServer } from "./server.mjs";
import { runSuite } from "./suite.mjs";
import { ensureTools, workbenchIsSupported } from "./tools.mjs";
import { ensureVsix } from "./vsix.mjs";

/** With as many threads as cores, llama.cpp's spinning barriers would starve the browser. */
const settings = { "decant.threads": 1, "editor.minimap.enabled": false, "git.enabled": false };

/** The extension host sees the models of this home, never those of the person whose machine it is. */
function ownHome(home) {
  const inHome = (...names) => path.join(home, ...names);
  return {
    HOME: home, USERPROFILE: home, XDG_CACHE_HOME: inHome(".cache"), OLLAMA_MODELS: inHome(".ollama", "models"), LLAMA_CACHE: inHome(".cache", "llama.cpp"),
    HF_HOME: inHome(".cache", "huggingface"), HF_HUB_CACHE: inHome(".cache", "huggingface", "hub"), HUGGINGFACE_HUB_CACHE: inHome(".cache", "huggingface", "hub"),
    OLLAMA_HOST: "127.0.0.1:1", HF_TOKEN: "", HF_ENDPOINT: "",
  };
}

/** Answers the counts, or { leftOut: why } where this machine cannot run them. */
export async function runEndToEnd({ updateScreenshots = false, args = [] } = {}) {
  if (!workbenchIsSupported()) return { leftOut: `the workbench's packages exist for Linux on x64 and arm64, not for ${process.platform} on ${process.arch}` };
  const browser = await ensureChromium();
  if (!browser) return { leftOut: "no Chromium here and apt-get could not install one; install Chromium or Google Chrome, or set CHROME_PATH" };
  await ensureTools();
  const vsix = await ensureVsix();

  const folder = inWorkbench("e2e");
  rmSync(folder, { recursive: true, force: true });
  rmSync(inRoot("test-results"), { recursive: true, force: true });
  const home = inWorkbench("e2e", "home");
  mkdirSync(home, { recursive: true });
  const server = new WorkbenchServer(folder);
  server.writeSettings(settings);
  say("Installing the packaged extension into a fresh workbench …");
  await server.installExtension(vsix);
  const stop = () => server.stop();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  try {
    const address = await server.start({ env: ownHome(home) });
    const env = {
      DECANT_E2E_ADDRESS: address,
      DECANT_E2E_BROWSER: browser,
      DECANT_E2E_EXTENSION: extensionId,
      DECANT_E2E_EXTENSIONS_FOLDER: server.extensionsFolder,
      DECANT_E2E_LEVELS_FOLDER: inWorkbench("e2e", "data", "User", "globalStorage", extensionId, "models"),
      DECANT_E2E_HOME: home,
      DECANT_E2E_MACHINE_SETTINGS: inWorkbench("e2e", "data", "Machine", "settings.json"),
      DECANT_E2E_CONTRACT: sampleContract,
      DECANT_E2E_FOLDER: inWorkbench("e2e", "workspaces"),
      DECANT_E2E_SCREENSHOTS: updateScreenshots ? inRoot("docs", "screenshots") : "",
      DECANT_E2E_RESULTS: inRoot("test-results"),
    };
    return await runSuite("e2e", { args, env });
  } finally {
    stop();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeListener(signal, stop);
  }
}
