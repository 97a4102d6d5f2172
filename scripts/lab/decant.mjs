/** Drives the command line as a person would, and reads its JSON. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";

/** `call(...args)` gives the JSON of a command; `call.peak(...args)` also the highest resident memory of its native process, in bytes. */
export function decant(cli, threads) {
  const asked = (args) => [...args, "--threads", threads, "--json"].map(String);
  const call = async (...args) => (await finished(cli, asked(args))).result;
  call.peak = (...args) => finished(cli, asked(args), true);
  /** What a command tells of the file that it writes to --out; of one that an earlier run has made, what was told then. */
  call.make = async (path, ...args) => {
    const note = `${path}.json`;
    if (existsSync(path) && existsSync(note)) return JSON.parse(await readFile(note, "utf8"));
    await rm(path, { force: true });
    const result = await call(...args, "--out", path);
    await writeFile(note, JSON.stringify(result));
    return result;
  };
  return call;
}

async function finished(cli, args, watched = false) {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const out = collected(child.stdout);
  const err = collected(child.stderr);
  let peak = 0;
  const watch = watched ? setInterval(async () => (peak = Math.max(peak, await highest(child.pid))), 50) : undefined;
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`decant ${args.join(" ")} failed:\n${err().split("\n").slice(-5).join("\n")}`);
  return { result: JSON.parse(out()), seconds: (performance.now() - started) / 1000, peak };
}

function collected(stream) {
  let text = "";
  stream.setEncoding("utf8").on("data", (part) => (text += part));
  return () => text;
}

/** VmHWM, the peak that the system keeps itself, of the largest process below this one (Linux). */
async function highest(parent) {
  let most = 0;
  for (const pid of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== parent) continue;
    most = Math.max(most, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  return most;
}
