import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { jobOf } from "../../../src/client/job";
import type { RuntimeClient } from "../../../src/client/runtimeClient";
import { partialPathOf } from "../../../src/core/compression/partialPath";
import { HumanError } from "../../../src/protocol/humanError";
import type { CancellationToken } from "../../../src/protocol/rpc";
import { all, failureOf, faultyClient, first, never } from "./client";

describe("a job", () => {
  it("gives the progress in order, then the result", async () => {
    const events = await all(jobOf<number, string>(never, async (onProgress) => {
      onProgress(1);
      await Promise.resolve();
      onProgress(2);
      return "done";
    }));
    expect(events).toEqual([{ kind: "progress", progress: 1 }, { kind: "progress", progress: 2 }, { kind: "result", result: "done" }]);
  });

  it("does not start before it is listened to", () => {
    let started = false;
    jobOf(never, async () => void (started = true));
    expect(started).toBe(false);
  });

  it("throws what the work throws, after the progress before it", async () => {
    const seen: number[] = [];
    const job = jobOf<number, string>(never, async (onProgress) => {
      onProgress(1);
      throw new HumanError("diskFull", "The disk is full.");
    });
    const failed = failureOf((async () => {
      for await (const event of job) if (event.kind === "progress") seen.push(event.progress);
    })());
    expect((await failed).code).toBe("diskFull");
    expect(seen).toEqual([1]);
  });

  it("cancels the work of a consumer that leaves, and waits for its end", async () => {
    let ended = false;
    const work = (onProgress: (progress: number) => void, token: CancellationToken): Promise<string> => {
      onProgress(1);
      return new Promise((_, reject) => token.onCancellationRequested(() => setTimeout(() => {
        ended = true;
        reject(HumanError.cancelled());
      }, 30)));
    };
    await first(jobOf(never, work));
    expect(ended).toBe(true);
  });
});

describe("jobs in the runtime", () => {
  let folder: string;
  let client: RuntimeClient;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "decant-jobs-"));
    ({ client } = faultyClient());
  });
  afterEach(async () => {
    await client.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const quantization = (input: string) => ({ input, output: join(folder, "out.gguf"), recipe: { type: "Q8_0" } as const, threads: 1 });

  it("stream their progress over the border", async () => {
    const events = await all(client.spot({ text: "fine" }, never));
    expect(events.map(({ kind }) => kind)).toEqual(["progress", "progress", "progress", "result"]);
  });

  it("say that the runtime crashed under them, and leave it usable", async () => {
    const error = await failureOf(all(client.spot({ text: "crash" }, never)));
    expect(error).toMatchObject({ code: "runtimeCrashed", message: expect.stringContaining("while reading the document") as string });
    expect(await all(client.spot({ text: "fine" }, never))).toHaveLength(4);
  });

  it("compute sizes and quantize without the long-lived process", async () => {
    expect(await client.sizes({ input: "fine", recipes: [{ type: "Q8_0" }] }, never)).toHaveLength(1);
    const events = await all(client.quantize(quantization("fine"), never));
    expect(events.at(-1)).toMatchObject({ kind: "result", result: { type: "Q8_0" } });
    expect(client.state.kind).toBe("stopped");
  });

  for (const way of ["wait", "hang"]) {
    it(`are killed when they are cancelled while they ${way}, with no partial file left`, async () => {
      const source = new CancellationTokenSource();
      const job = quantization(way);
      const failed = failureOf((async () => {
        for await (const event of client.quantize(job, source.token)) {
          expect(existsSync(partialPathOf(job.output))).toBe(true);
          if (event.kind === "progress") source.cancel();
        }
      })());
      expect((await failed).code).toBe("cancelled");
      expect(existsSync(partialPathOf(job.output))).toBe(false);
    });
  }

  it("leave no partial file when their consumer stops listening", async () => {
    const job = quantization("hang");
    await first(client.quantize(job, never));
    expect(existsSync(partialPathOf(job.output))).toBe(false);
  });

  for (const way of ["wait", "hang"]) {
    it(`end with the client while they ${way}, with no partial file left`, async () => {
      const job = quantization(way);
      const failed = failureOf(all(client.quantize(job, never)));
      await expect.poll(() => existsSync(partialPathOf(job.output))).toBe(true);
      await client.dispose();
      expect(existsSync(partialPathOf(job.output))).toBe(false);
      expect((await failed).code).toBe("runtimeStopped");
    });
  }

  for (const way of ["quantize", "calibrate"] as const) {
    it(`never delete the original, be it named like a partial file, when they ${way}`, async () => {
      const output = join(folder, "own.gguf");
      const input = partialPathOf(output);
      writeFileSync(input, "the original");
      const source = new CancellationTokenSource();
      source.cancel();
      const job = way === "quantize"
        ? all(client.quantize({ input, output, recipe: { type: "Q8_0" }, threads: 1 }, source.token))
        : all(client.calibrate({ model: input, output, texts: [], context: 512, threads: 1 }, source.token));
      expect((await failureOf(job)).code).toBe("cancelled");
      expect(existsSync(input)).toBe(true);
    });
  }

  for (const way of ["wait", "hang", "crash"]) {
    it(`leave another run's partial file alone when they end before they had one of their own (${way})`, async () => {
      const job = quantization(`plan:${way}`);
      writeFileSync(partialPathOf(job.output), "another window writes this");
      const source = new CancellationTokenSource();
      const failed = failureOf(all(client.quantize(job, source.token)));
      if (way !== "crash") setTimeout(() => source.cancel(), 300);
      expect((await failed).code).toBe(way === "crash" ? "runtimeCrashed" : "cancelled");
      expect(existsSync(partialPathOf(job.output))).toBe(true);
    });
  }

  it("leave no partial file when their process crashes, which does not touch the long-lived one", async () => {
    const job = quantization("crash");
    const error = await failureOf(all(client.quantize(job, never)));
    expect(error.code).toBe("runtimeCrashed");
    expect(error.message).toContain("while quantizing");
    expect(existsSync(partialPathOf(job.output))).toBe(false);
    expect(client.state.kind).toBe("stopped");
  });
});
