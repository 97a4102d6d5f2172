import { describe, expect, it } from "vitest";
import type { TradeoffsSnapshot } from "../../../../src/protocol/panels";
import { type Provenance, report } from "../../../../src/services/tradeoffs/report";

const machine = { totalMemory: 2 ** 34, freeMemory: 2 ** 33, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 8 };
const snapshot: TradeoffsSnapshot = {
  model: { path: "/home/someone/secret/m-F16.gguf", family: "m", type: "F16", bytes: 2 ** 30, parameters: 5e8, architecture: "llama", contextLength: 512 },
  machine, machineId: "here", machines: [], context: 512, contexts: [512], cacheType: "F16",
  text: { name: "a|b.md", kind: "document", words: 1234 }, task: "analysis", stake: "draft",
  rows: [
    { key: "base", label: "F16", kind: "base", type: "F16", status: "unmeasured", size: { type: "F16", bytes: 2 ** 30, bitsPerWeight: 16, fallbacks: 0 } },
    {
      key: "Q8_0", label: "Q8_0", kind: "level", type: "Q8_0", status: "measured", fit: "ram", memory: { weights: 2 ** 29, cache: 0, compute: 0 }, clauseF1: 0.607,
      size: { type: "Q8_0", bytes: 2 ** 29, bitsPerWeight: 8.5, fallbacks: 0 },
      measured: {
        path: "", type: "Q8_0", bytes: 2 ** 29, bitsPerWeight: 8.5, perplexity: { value: 6.234, error: 0.05 },
        kl: { mean: 0.00136, error: 0.00002, median: 0.001, p99: 0.01 }, top1Agreement: 0.977, promptTokensPerSecond: 100, generationTokensPerSecond: 11.4, chunks: 20,
      },
    },
    {
      key: "mix-1", label: '=Mix "4"', kind: "mix", type: "Q4_K_M", status: "unmeasured", size: { type: "Q4_K_M", bytes: 2 ** 28, bitsPerWeight: 4.5, fallbacks: 0 },
      forecast: { kl: { value: 0.03, low: 0.02, high: 0.05 } },
    },
  ],
};
const provenance: Provenance = { decant: "0.1.0", llamaCpp: "v0.4.0", node: "v20", platform: "linux-x64", fingerprint: "f00", textHash: "7e87", context: 512, chunks: 20, threads: 1 };

describe("report", () => {
  it("is a Markdown table with what it rests on, without the folder of the model", () => {
    const text = report("md", snapshot, provenance);
    expect(text).toContain("| Q8_0 | 512.0 MiB | 8.50 | 512.0 MiB | RAM | 0.00136 ± 0.00002 | 97.7 % | 6.234 ± 0.050 | 11.4 | 0.607 |");
    expect(text).toContain("~0.0300 (0.0200 to 0.0500)");
    expect(text).toContain("fingerprint f00");
    expect(text).toContain("a\\|b.md, 1234 words, SHA-256 7e87");
    for (const format of ["md", "csv", "json"] as const) expect(report(format, snapshot, provenance)).not.toContain("someone");
  });

  it("is CSV that a spreadsheet reads as text, not as a formula", () => {
    const [header, base, , mix] = report("csv", snapshot, provenance).split("\n");
    expect(header).toMatch(/^key,label,bytes,bitsPerWeight,/);
    expect(base).toMatch(/^base,F16,1073741824,16,/);
    expect(mix).toMatch(/^mix-1,"'=Mix ""4""",268435456,/);
    expect(new Set([header, base, mix!.replace('"\'=Mix ""4"""', "x")].map((line) => line!.split(",").length)).size).toBe(1);
  });

  it("is JSON with every figure", () => {
    const { rows, provenance: kept } = JSON.parse(report("json", snapshot, provenance)) as { rows: { key: string; kl?: number; klP99?: number; klForecast?: number }[]; provenance: Provenance };
    expect(rows.map(({ key, kl, klP99, klForecast }) => ({ key, kl, klP99, klForecast }))).toEqual([
      { key: "base" }, { key: "Q8_0", kl: 0.00136, klP99: 0.01 }, { key: "mix-1", klForecast: 0.03 },
    ]);
    expect(kept).toEqual(provenance);
  });

  it("gives the same bytes for the same input", () => {
    for (const format of ["md", "csv", "json"] as const) expect(report(format, snapshot, provenance)).toBe(report(format, structuredClone(snapshot), provenance));
  });
});
