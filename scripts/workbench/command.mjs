/** Runs other programs, and says things to the person at the terminal. */
import { spawn } from "node:child_process";

/** A failure that the person at the terminal can do something about: printed without a stack. */
export class SetUpError extends Error {}

/** Steps go to stderr so that a script's stdout stays the answer alone. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program to its end. With `quiet` its output is kept back, and shown only when it fails.
 * Answers the exit code, or 127 when the program does not exist.
 */
export function run(program, args, { cwd, env, quiet = false, stdout = "inherit" } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["inherit", stdout, "inherit"],
    });
    const kept = [];
    child.stdout?.on("data", (bytes) => kept.push(bytes));
    child.stderr?.on("data", (bytes) => kept.push(bytes));
    child.on("error", () => resolve(127));
    child.on("close", (code) => {
      if (code !== 0 && quiet) process.stderr.write(Buffer.concat(kept));
      resolve(code ?? 1);
    });
  });
}

/** Runs a program for its output; undefined when it fails, does not exist or takes too long. */
export function read(program, args, timeout = 15_000) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], timeout });
    const kept = [];
    child.stdout.on("data", (bytes) => kept.push(bytes));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? Buffer.concat(kept).toString() : undefined));
  });
}

/** Runs another part of this repository with the same Node. */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}

/** npm as a file that Node can run, where npm started us; Windows' npm.cmd needs a shell otherwise. */
export function runNpm(args, options) {
  const npm = process.env.npm_execpath;
  if (npm?.endsWith(".js")) return runNode([npm, ...args], options);
  return process.platform === "win32" ? run("cmd.exe", ["/d", "/c", "npm", ...args], options) : run("npm", args, options);
}

/** Runs a script's main function; a SetUpError ends it with its sentence, anything else with a stack. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    const forPerson = error instanceof SetUpError || String(error.code).startsWith("ERR_PARSE_ARGS");
    say(forPerson ? `\nError: ${error.message}` : (error.stack ?? String(error)));
    process.exitCode = 1;
  }
}
