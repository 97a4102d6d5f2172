/** One workbench server on a loopback port, with its own settings and extensions folder. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetUpError, run } from "./command.mjs";
import { tools } from "./tools.mjs";

const startLimitMs = 60_000;

/** A quiet workbench that keeps to itself. */
const calmSettings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.enableExperiments": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "update.showReleaseNotes": false,
  // The clone itself would be offered as a repository.
  "git.openRepositoryInParentFolders": "never",
};

/** A port of 127.0.0.1 that nobody uses; `wanted` or, without it, any. */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      const sentence = error.code === "EADDRINUSE" ? `Port ${wanted} is in use. Choose another one with --port N.` : `Port ${wanted} cannot be used: ${error.message}.`;
      reject(new SetUpError(sentence));
    });
    probe.listen(wanted, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class WorkbenchServer {
  #process;
  #folder;

  /** @param folder holds settings, extensions and the log of this server. */
  constructor(folder) {
    this.#folder = folder;
    mkdirSync(path.join(folder, "data", "User"), { recursive: true });
    mkdirSync(path.join(folder, "extensions"), { recursive: true });
    // A config file of our own: without one the server writes to the person's ~/.config.
    writeFileSync(path.join(folder, "config.yaml"), "auth: none\n");
  }

  get settingsFile() {
    return path.join(this.#folder, "data", "User", "settings.json");
  }

  get extensionsFolder() {
    return path.join(this.#folder, "extensions");
  }

  get logFile() {
    return path.join(this.#folder, "server.log");
  }

  /** The workbench reads it when a page loads. */
  writeSettings(settings = {}) {
    writeFileSync(this.settingsFile, JSON.stringify({ ...calmSettings, ...settings }, undefined, 2));
  }

  #arguments(...more) {
    const { server } = tools;
    return [server, "--config", path.join(this.#folder, "config.yaml"), "--user-data-dir", path.join(this.#folder, "data"), "--extensions-dir", this.extensionsFolder, ...more];
  }

  async installExtension(vsix) {
    const code = await run(tools.node, this.#arguments("--install-extension", vsix, "--force"), { quiet: true });
    if (code !== 0) throw new SetUpError(`The workbench could not install ${path.basename(vsix)}: its message is above.`);
  }

  /** Starts the server and answers its address once it serves. */
  async start({ port, env } = {}) {
    const chosen = await freePort(port);
    const log = openSync(this.logFile, "w");
    const options = ["--auth", "none", "--bind-addr", `127.0.0.1:${chosen}`, "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override", "--ignore-last-opened"];
    // A group of its own, so that stop() takes the extension hosts along.
    this.#process = spawn(tools.node, this.#arguments(...options), { stdio: ["ignore", log, log], detached: true, env: { ...process.env, ...env } });
    closeSync(log);
    const address = `http://127.0.0.1:${chosen}/`;
    const limit = Date.now() + startLimitMs;
    while (!(await answers(`${address}healthz`))) {
      if (this.#process.exitCode !== null || Date.now() > limit) {
        this.stop();
        throw new SetUpError(`The workbench did not start. Its log:\n${readFileSync(this.logFile, "utf8").slice(-2000)}`);
      }
      await sleep(100);
    }
    return address;
  }

  /** Resolves when the server has ended. */
  ended() {
    return new Promise((resolve) => {
      if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) resolve();
      else this.#process.once("exit", resolve);
    });
  }

  stop() {
    try {
      if (this.#process) process.kill(-this.#process.pid, "SIGTERM");
    } catch {
      // It has ended already.
    }
  }
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
