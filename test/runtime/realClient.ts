import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { RuntimeClient } from "../../src/client/runtimeClient";
import type { LoadParams, QuantizeParams } from "../../src/protocol/rpc";
import type { QuantType } from "../../src/protocol/model";
import { sampleModel } from "./buildRuntime";

export const never = new CancellationTokenSource().token;

export interface RealClient {
  readonly client: RuntimeClient;
  readonly log: readonly string[];
  /** The process ids of all runtimes started so far, jobs included. */
  pids(): number[];
}

/** A client of the real runtime. Every runtime that it starts notes its process id in the folder first. */
export function realClient(runtime: string, folder: string): RealClient {
  const log: string[] = [];
  const list = join(folder, "pids");
  const entry = join(folder, "runtime.cjs");
  writeFileSync(list, "");
  writeFileSync(entry, `require("node:fs").appendFileSync(${JSON.stringify(list)}, process.pid + "\\n");\nrequire(${JSON.stringify(runtime)});\n`);
  const client = new RuntimeClient({
    path: entry,
    log: { info: (message) => log.push(message), error: (message) => log.push(message) },
  });
  return { client, log, pids: () => readFileSync(list, "utf8").split("\n").filter(Boolean).map(Number) };
}

/** One thread: the native threads spin, and a test machine has other things to do. */
export function loading(path = sampleModel()): LoadParams {
  return { path, threads: 1, gpuLayers: 0 };
}

export function quantization(output: string, type: QuantType): QuantizeParams {
  return { input: sampleModel(), output, recipe: { type }, threads: 1 };
}
