import { readFileSync, readdirSync } from "node:fs";
import { environment } from "./environment";

/** Process ids of Decant's native processes in this workbench, by their command lines. */
export function runtimeProcesses(): readonly number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return command.includes(environment.extensionsFolder) && command.includes("dist/runtime.js");
    } catch {
      return false; // It ended while we looked.
    }
  });
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
  const limit = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`Waited ${limitMs / 1000} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
