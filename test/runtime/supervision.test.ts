import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { partialPathOf } from "../../src/core/compression/partialPath";
import { HumanError } from "../../src/protocol/humanError";
import type { MeasureParams } from "../../src/protocol/rpc";
import { all, failureOf, isAlive } from "../unit/client/client";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { renameKeys, setNumber } from "./ggufPatch";
import { type RealClient, loading, never, quantization, realClient } from "./realClient";

let runtime: string;
let folder: string;
let real: RealClient;
const evaluationText = join(__dirname, "../../media/samples/evaluation-text.txt");

beforeAll(async () => {
  runtime = await buildRuntime();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-runtime-"));
  real = realClient(runtime, folder);
});
afterEach(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** The runtime that was started last. */
function newest(): number {
  const pid = real.pids().at(-1);
  if (pid === undefined) throw new Error("No runtime was started.");
  return pid;
}

function measurement(): MeasureParams {
  const model = sampleModel();
  return { base: model, variants: [model], text: readFileSync(evaluationText, "utf8"), context: 128, threads: 1, generation: false };
}

describe("a runtime that is killed", () => {
  it("in the middle of a measurement says so in a sentence, and the next request works", async () => {
    const failed = failureOf((async () => {
      for await (const event of real.client.measure(measurement(), never)) {
        if (event.kind === "progress") process.kill(newest(), "SIGKILL");
      }
    })());
    const error = await failed;
    expect(error.code).toBe("runtimeCrashed");
    expect(error.message).toMatch(/^The native runtime ended unexpectedly while measuring \(signal SIGKILL\)\. Try again; .*\.$/);
    expect((await real.client.load(loading(), never)).path).toBe(loading().path);
    expect(real.pids()).toHaveLength(2);
  });

  it("in the middle of a quantization leaves the original as it was and no partial file, and the next one works", async () => {
    const before = readFileSync(sampleModel());
    const job = quantization(join(folder, "small.gguf"), "IQ4_XS");
    let partialSeen = false;
    const error = await failureOf((async () => {
      for await (const event of real.client.quantize(job, never)) {
        if (event.kind !== "progress" || partialSeen) continue;
        partialSeen = existsSync(partialPathOf(job.output));
        process.kill(newest(), "SIGKILL");
      }
    })());
    expect(error.code).toBe("runtimeCrashed");
    expect(error.message).toContain("while quantizing");
    expect(partialSeen).toBe(true);
    expect(existsSync(partialPathOf(job.output))).toBe(false);
    expect(existsSync(job.output)).toBe(false);
    expect(readFileSync(sampleModel()).equals(before)).toBe(true);
    const events = await all(real.client.quantize(quantization(job.output, "Q8_0"), never));
    expect(events.at(-1)).toMatchObject({ kind: "result", result: { path: job.output, type: "Q8_0" } });
  });

  it("while a model is loaded forgets it, and loads it again when asked", async () => {
    await real.client.load(loading(), never);
    const gone = new Promise((resolve) => real.client.onDidChangeLoaded(resolve));
    process.kill(newest(), "SIGKILL");
    expect(await gone).toBeUndefined();
    expect((await failureOf(all(real.client.spot({ text: "Some text." }, never)))).message).toContain("No model is loaded");
    await real.client.load(loading(), never);
    expect(real.client.loaded?.path).toBe(sampleModel());
  });
});

describe("a cancelled job", () => {
  it("stops a measurement, whose process goes on to serve", async () => {
    const source = new CancellationTokenSource();
    const error = await failureOf((async () => {
      for await (const event of real.client.measure(measurement(), source.token)) if (event.kind === "progress") source.cancel();
    })());
    expect(error.code).toBe("cancelled");
    await real.client.load(loading(), never);
    expect(real.pids()).toHaveLength(1);
  });

  it("stops a quantization at once and leaves nothing behind", async () => {
    const source = new CancellationTokenSource();
    const job = quantization(join(folder, "small.gguf"), "IQ4_XS");
    const error = await failureOf((async () => {
      for await (const event of real.client.quantize(job, source.token)) if (event.kind === "progress") source.cancel();
    })());
    expect(error.code).toBe("cancelled");
    expect(existsSync(job.output)).toBe(false);
    expect(existsSync(partialPathOf(job.output))).toBe(false);
    expect(real.pids().some(isAlive)).toBe(false);
  });
});

describe("a client that is disposed", () => {
  it("ends a quantization with its partial file, and a measurement, within two seconds", async () => {
    const job = quantization(join(folder, "small.gguf"), "IQ4_XS");
    const quantizing = failureOf(all(real.client.quantize(job, never)));
    await expect.poll(() => existsSync(partialPathOf(job.output)), { timeout: 20_000 }).toBe(true);
    const measuring = failureOf((async () => {
      for await (const event of real.client.measure(measurement(), never)) if (event.kind === "progress") break;
      throw HumanError.cancelled();
    })());
    await expect.poll(() => real.pids().length).toBe(2);
    const started = performance.now();
    await real.client.dispose();
    expect(performance.now() - started).toBeLessThan(2500);
    expect(real.pids().some(isAlive)).toBe(false);
    expect(existsSync(partialPathOf(job.output))).toBe(false);
    expect((await quantizing).code).toBe("runtimeStopped");
    await measuring;
  });
});

describe("two that want the model's memory at once", () => {
  it("take turns, and who is cancelled while waiting leaves at once", async () => {
    const ends: string[] = [];
    const source = new CancellationTokenSource();
    let waiting: Promise<HumanError> | undefined;
    let second: Promise<unknown> | undefined;
    for await (const event of real.client.measure({ ...measurement(), context: 64, chunks: 60 }, never)) {
      if (event.kind === "result") ends.push("measured");
      second ??= real.client.load(loading(), never).then(() => ends.push("loaded"));
      waiting ??= failureOf(all(real.client.measure(measurement(), source.token))).then((error) => {
        ends.push(error.code);
        return error;
      });
      source.cancel();
    }
    await Promise.all([second, waiting]);
    expect(ends).toEqual(["cancelled", "measured", "loaded"]);
    expect(real.pids()).toHaveLength(1);
  });
});

describe("a runtime without its parent", () => {
  it("ends within two seconds, and takes its partial file along", async () => {
    const job = quantization(join(folder, "small.gguf"), "IQ4_XS");
    const parent = join(folder, "parent.cjs");
    writeFileSync(parent, `
      const child = require("node:child_process").fork(${JSON.stringify(runtime)}, [], { silent: true });
      child.on("message", (message) => {
        if (message.method !== "$/progress") return;
        process.stdout.write(child.pid + " " + require("node:fs").existsSync(${JSON.stringify(partialPathOf(job.output))}));
        process.kill(process.pid, "SIGKILL");
      });
      child.send({ jsonrpc: "2.0", id: 1, method: "quantize/run", params: ${JSON.stringify({ ...job, progressToken: "1" })} });
    `);
    const dying = spawn(process.execPath, [parent], { cwd: join(__dirname, "../.."), stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    dying.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await new Promise((resolve) => dying.once("exit", resolve));
    const [pid, partial] = said.split(" ");
    expect(partial).toBe("true");
    await expect.poll(() => isAlive(Number(pid)), { timeout: 2000 }).toBe(false);
    expect(existsSync(partialPathOf(job.output))).toBe(false);
  });
});

describe("a file that cannot be loaded", () => {
  let bad: string;
  const faults: { readonly what: string; readonly code: string; make(): void }[] = [
    { what: "no file", code: "notFound", make: () => undefined },
    { what: "a folder", code: "notReadable", make: () => (bad = folder) },
    { what: "text", code: "notGguf", make: () => writeFileSync(bad, "Dear Sir or Madam,") },
    { what: "an empty file", code: "notGguf", make: () => writeFileSync(bad, "") },
    { what: "2^60 tensors", code: "truncated", make: () => writeFileSync(bad, header(1n << 60n, 0n)) },
    { what: "2^60 metadata entries", code: "truncated", make: () => writeFileSync(bad, header(1n, 1n << 60n)) },
    { what: "no blocks", code: "notGguf", make: () => changed("llama.block_count", 0) },
    { what: "no attention heads", code: "notGguf", make: () => changed("llama.attention.head_count", 0) },
    { what: "heads that do not divide its width", code: "failed", make: () => changed("llama.attention.head_count", 7) },
    { what: "a token listed twice", code: "notGguf", make: () => renameKeys(sampleModel(), bad, "ĠCommercial", "ĠAgreement\0") },
    { what: "an unknown architecture", code: "unsupported", make: () => renameKeys(sampleModel(), bad, "llama", "lloma") },
    { what: "an unknown tokenizer", code: "unsupported", make: () => renameKeys(sampleModel(), bad, "gpt-2", "gpt-7") },
    { what: "a missing tensor", code: "unsupported", make: () => renameKeys(sampleModel(), bad, "blk.1.ffn_up", "blk.1.ffn_uq") },
    ...[30, 5000, 200_000, 3_000_000].map((bytes) => ({ what: `a model cut at ${bytes} bytes`, code: "truncated", make: () => cut(bytes) })),
  ];

  function header(tensors: bigint, entries: bigint): Buffer {
    const bytes = Buffer.alloc(64);
    bytes.write("GGUF");
    bytes.writeUInt32LE(3, 4);
    bytes.writeBigUInt64LE(tensors, 8);
    bytes.writeBigUInt64LE(entries, 16);
    return bytes;
  }
  function changed(key: string, value: number): void {
    copyFileSync(sampleModel(), bad);
    setNumber(bad, key, value);
  }
  function cut(bytes: number): void {
    copyFileSync(sampleModel(), bad);
    truncateSync(bad, bytes);
  }

  it("is refused in a sentence by a runtime that lives on", async () => {
    await real.client.load(loading(), never);
    for (const { what, code, make } of faults) {
      bad = join(folder, "bad.gguf");
      make();
      const error = await failureOf(real.client.load(loading(bad), never));
      expect(error, what).toMatchObject({ code });
      expect(error.message, what).toMatch(/\.$/);
    }
    expect(real.client.loaded).toBeUndefined();
    await real.client.load(loading(), never);
    expect(real.pids()).toHaveLength(1);
  });

  it("is measured and sized without ending a process either", async () => {
    for (const { what, make } of faults) {
      bad = join(folder, "bad.gguf");
      make();
      const measuring = await failureOf(all(real.client.measure({ ...measurement(), base: bad, variants: [], chunks: 2 }, never)));
      expect(measuring.code, what).not.toBe("runtimeCrashed");
      expect(measuring.message, what).toMatch(/\.$/);
      const outcome = await real.client.sizes({ input: bad, recipes: [{ type: "Q8_0" }] }, never).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome, what).toMatchObject({ name: "HumanError", message: expect.stringMatching(/\.$/) as string });
      if (outcome instanceof HumanError) expect(outcome.code, what).not.toBe("runtimeCrashed");
    }
    await real.client.load(loading(), never);
    expect(real.pids().length).toBeGreaterThan(1);
  });

  it("is refused when it needs more memory than the machine has", async () => {
    const error = await failureOf(real.client.load({ ...loading(), path: hugeModel() }, never));
    expect(error.code).toBe("modelTooLarge");
    expect(error.message).toMatch(/needs about [\d.]+ GiB of memory, but this machine has/);
  });

  /** A header that announces 2 TiB of weights over a file with a hole: it takes no disk space. */
  function hugeModel(): string {
    const path = join(folder, "huge.gguf");
    const key = (name: string): Buffer => Buffer.concat([u64(BigInt(name.length)), Buffer.from(name)]);
    const tensor = Buffer.concat([key("token_embd.weight"), u32(2), u64(1n << 22n), u64(1n << 18n), u32(1), u64(0n)]);
    const start = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(1n), u64(1n), key("general.architecture"), u32(8), key("llama"), tensor]);
    writeFileSync(path, start);
    truncateSync(path, Math.ceil(start.length / 32) * 32 + 2 ** 41);
    return path;
  }
  function u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  }
  function u64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return bytes;
  }
});

