import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a program to its end: what it printed, the seconds that passed, and those that processors worked for it, which other
 * programs on the machine change far less.
 */
export async function runTimed(file, args, environment = {}) {
  const started = performance.now();
  const script = 'TIMEFORMAT="CPU %U %S"; time "$@"';
  const { stdout, stderr } = await promisify(execFile)("bash", ["-c", script, "bash", file, ...args], { maxBuffer: 1 << 28, env: { ...process.env, ...environment } });
  const seconds = (performance.now() - started) / 1000;
  const [, user, system] = /CPU ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
  return { stdout, stderr, seconds, cpu: Number(user) + Number(system) };
}
