import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HumanError } from "../../../../src/protocol/humanError";
import type { HeatToken } from "../../../../src/protocol/documents";
import type { ModelFile } from "../../../../src/protocol/model";
import { CancellationTokenSource, type HeatParams } from "../../../../src/protocol/rpc";
import type { CompressionJobs } from "../../../../src/services/compressionJobs";
import type { Runtime } from "../../../../src/services/ports";
import { type HeatUpdate, HeatMaps } from "../../../../src/services/analysis/heatMap";
import { pace } from "../../../../src/services/analysis/pace";

const base = { path: "/models/a-F16.gguf", contextLength: 256 } as ModelFile;
const document = { uri: "u", name: "contract.md", text: "One two." };
const { token } = new CancellationTokenSource();
const heated = (start: number, kl: number): HeatToken => ({ start, end: start + 3, kl, baseProbability: 0.5, variantProbability: 0.4, baseGuesses: [], variantGuesses: [] });

describe("heat maps", () => {
  let scratch: string;
  let asked: HeatParams[];
  let madeAt: string | undefined;
  let windows: number;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "decant-heat-"));
    asked = [];
    madeAt = undefined;
    windows = 2;
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  function maps(failure?: Error): HeatMaps {
    const runtime = {
      async *heat(params: HeatParams) {
        asked.push(params);
        yield { kind: "progress", progress: { fraction: 0.5, tokens: [heated(0, 0.1)] } };
        if (failure) throw failure;
        for (let window = 1; window < windows; window++) yield { kind: "progress", progress: { fraction: (window + 1) / windows, tokens: [heated(4 * window, 0.3)] } };
        yield { kind: "result", result: { meanKl: 0.2, tokens: windows } };
      },
    } as unknown as Runtime;
    const jobs = {
      async *quantize(_model: ModelFile, _recipe: unknown, _token: unknown, output: string) {
        writeFileSync(output, "a level");
        madeAt = output;
        yield { kind: "progress", progress: { tensor: 1, tensors: 4 } };
        yield { kind: "result", result: {} };
      },
    } as unknown as CompressionJobs;
    return new HeatMaps(runtime, jobs, { threads: () => 1, scratch });
  }

  async function all(updates: AsyncIterable<HeatUpdate>): Promise<HeatUpdate[]> {
    const list: HeatUpdate[] = [];
    for await (const update of updates) list.push(update);
    return list;
  }

  it("hands out the tokens so far, and at last the mean", async () => {
    const seen: (readonly [number, number | undefined])[] = [];
    for await (const { tokens, meanKl } of maps().map(document, base, { path: "/models/a-Q4_0.gguf" }, token)) seen.push([tokens.length, meanKl]);
    expect(seen).toEqual([[1, undefined], [2, 0.2]]);
    // A window is never longer than the model was trained for.
    expect(asked[0]).toMatchObject({ base: base.path, variant: "/models/a-Q4_0.gguf", context: 256, threads: 1 });
  });

  it("makes a level that is no file yet, and deletes it", async () => {
    const updates = await all(maps().map(document, base, { level: "Q2_K" }, token));
    expect(updates[0]?.progress).toMatchObject({ label: "Making Q2_K", fraction: 0.25 });
    expect(asked[0]?.variant).toBe(madeAt);
    expect(updates.at(-1)?.meanKl).toBe(0.2);
    expect(existsSync(madeAt ?? "")).toBe(false);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("leaves nothing behind when reading fails or the person looks away", async () => {
    await expect(all(maps(new HumanError("failed", "It broke.")).map(document, base, { level: "Q2_K" }, token))).rejects.toThrow("It broke.");
    for await (const update of maps().map(document, base, { level: "Q2_K" }, token)) {
      expect(update.progress?.label).toBe("Making Q2_K");
      break;
    }
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("copies no tokens from update to update, and does not tell of every window", async () => {
    windows = 5000;
    const updates = await all(maps().map(document, base, { path: "x" }, token));
    expect(updates.length).toBeLessThan(windows / 10);
    expect(updates.at(-1)?.tokens).toHaveLength(windows);
    expect(new Set(updates.map(({ tokens }) => tokens)).size).toBe(1);
  });

  it.each([
    ["contract.md is empty", " \n"], ["seems to be a binary file", `PK${"\0".repeat(100)}abc`], ["1.2 million characters", "word ".repeat(240_000)],
  ])("refuses a document that cannot be coloured with a sentence, before anything is made: %s", async (sentence, text) => {
    await expect(all(maps().map({ ...document, text }, base, { level: "Q2_K" }, token))).rejects.toThrow(sentence);
    expect(madeAt).toBeUndefined();
  });
});

describe("the pace of updates", () => {
  it("is ten in a second, the first at once", () => {
    let time = 0;
    const isTime = pace(() => time);
    const told = Array.from({ length: 2000 }, () => (time++, isTime())).filter(Boolean);
    expect(told).toHaveLength(20);
  });
});
