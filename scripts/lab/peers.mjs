/** The scripts that generate the large model and that compare with llama.cpp's own tools. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inRoot } from "../workbench/paths.mjs";

async function told(script, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [inRoot(...script.split("/")), ...args.map(String)], { maxBuffer: 1 << 28, cwd: inRoot() });
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}

/** A model of about a billion weights. */
export const bigModel = (path) => told("scripts/lab/bigModel.mjs", path, "--json");

/** Perplexities of the base and of base + adapter, by both programs. */
export const compareAdapter = ({ tools, model, adapter, text, context, chunks, threads }) =>
  told("scripts/lab/compareAdapter.mjs", model, adapter, "--text", text, "--context", context, "--chunks", chunks, "--threads", threads, "--tools", tools, "--json");

/** Tokens per second of training, Decant's and llama-finetune's. */
export const trainingBench = ({ tools, threads, quick }) => told("test/bench/training.mjs", "--tools", tools, "--threads", threads, ...(quick ? ["--quick"] : []), "--json");
