/** A Chromium that the system has, or that Debian's package manager can bring. */
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { run, say } from "./command.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

export function onPath(name) {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

export function findChromium() {
  if (process.env.CHROME_PATH && existsSync(process.env.CHROME_PATH)) return process.env.CHROME_PATH;
  for (const name of names) {
    const found = onPath(name);
    if (found) return found;
  }
  return applications.find((file) => existsSync(file));
}

/** Answers the browser's path; undefined where none can be had. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !onPath("apt-get")) return undefined;
  say("Installing Chromium (apt-get install chromium) …");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if ((await run("apt-get", ["update", "-qq"], { env, quiet: true })) !== 0) return undefined;
  const code = await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation", "fonts-dejavu-core"], { env, quiet: true });
  return code === 0 ? findChromium() : undefined;
}
