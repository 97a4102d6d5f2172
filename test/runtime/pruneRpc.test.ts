import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { leastImportant } from "../../src/core/pruning/leastImportant";
import type { Job } from "../../src/services/ports";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { never, type RealClient, realClient } from "./realClient";

const folder = mkdtempSync(join(tmpdir(), "decant-prune-rpc-"));
const scratch = mkdtempSync(join(tmpdir(), "decant-prune-rpc-scratch-"));
const text = readFileSync(resolve(__dirname, "../../media/samples/evaluation-text.txt"), "utf8");
const reading = { model: sampleModel(), texts: [{ name: "text", text }], context: 128, chunks: 4, threads: 1, leaveOut: true };
let real: RealClient;

beforeAll(async () => {
  vi.stubEnv("TMPDIR", scratch);
  real = realClient(await buildRuntime(), folder);
});
afterAll(async () => {
  await real.client.dispose();
  vi.unstubAllEnvs();
  for (const each of [folder, scratch]) rmSync(each, { recursive: true, force: true });
});

async function resultOf<P, R>(job: Job<P, R>, onProgress: (progress: P) => void = () => undefined): Promise<R> {
  for await (const event of job) {
    if (event.kind === "result") return event.result;
    onProgress(event.progress);
  }
  throw new Error("no result");
}

it("ranks the blocks of the sample model, and drops the one that is missed least", async () => {
  const ranking = await resultOf(real.client.rankBlocks(reading, never));
  expect(ranking.blocks).toHaveLength(5);
  for (const { without } of ranking.blocks) expect(without!.perplexity).toBeGreaterThan(ranking.perplexity!);
  expect(readdirSync(scratch)).toEqual([]);
  const dropBlocks = leastImportant(ranking, 1, "perplexity");
  const output = join(folder, "pruned.gguf");
  expect(await resultOf(real.client.prune({ input: sampleModel(), output, dropBlocks }, never))).toMatchObject({ path: output, blocks: 4 });
});

it("leaves nothing when it is cancelled, wherever it is", async () => {
  const ranking = new CancellationTokenSource();
  const left = (label = ""): void => { if (label.startsWith("Reading without")) ranking.cancel(); };
  await expect(resultOf(real.client.rankBlocks(reading, ranking.token), ({ label }) => left(label))).rejects.toMatchObject({ code: "cancelled" });
  const pruning = new CancellationTokenSource();
  const output = join(folder, "cancelled.gguf");
  await expect(resultOf(real.client.prune({ input: sampleModel(), output, dropBlocks: [1], feedForward: 512 }, pruning.token), () => pruning.cancel())).rejects.toMatchObject({ code: "cancelled" });
  expect([existsSync(output), readdirSync(scratch), readdirSync(folder).filter((name) => name.includes("partial"))]).toEqual([false, [], []]);
});
