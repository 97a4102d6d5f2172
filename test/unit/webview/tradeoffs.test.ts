import { describe, expect, test } from "vitest";
import type { QuantType } from "../../../src/protocol/model";
import type { TradeoffRow, TradeoffsSnapshot } from "../../../src/protocol/panels";
import { placeLabels } from "../../../webview/tradeoffs/chartLabels";
import { linearDomain, logDomain, logTicks } from "../../../webview/tradeoffs/chartScale";
import { nextSort, sortRows } from "../../../webview/tradeoffs/columns";
import { chartPoints } from "../../../webview/tradeoffs/points";
import { commonLevels, isMainRow, rowKey, shownRow } from "../../../webview/tradeoffs/rows";
import { isViewState } from "../../../webview/tradeoffs/viewState";

function row(type: QuantType, bytes: number, kl?: number, isBase = false): TradeoffRow {
  return {
    type, isBase,
    size: { type, bytes, bitsPerWeight: bytes / 10, fallbacks: 0 },
    status: kl === undefined ? "unmeasured" : "measured",
    measured: kl === undefined ? undefined : {
      path: "", type, bytes, bitsPerWeight: 1, perplexity: { value: 6, error: 0.1 }, promptTokensPerSecond: 1, generationTokensPerSecond: 0, chunks: 1,
      ...(!isBase && { kl: { mean: kl, error: kl / 2, median: kl, p99: kl }, top1Agreement: 0.9 }),
    },
  };
}
const rows = [row("F16", 160, 0, true), row("Q8_0", 80, 0.001), row("Q4_K_M", 46, 0.03), row("Q4_0", 47, 0.07), row("Q2_K", 30)];
const snapshot: TradeoffsSnapshot = {
  model: { path: "/m.gguf", family: "m", type: "F16", bytes: 160, parameters: 1, architecture: "llama", contextLength: 512 },
  machine: { totalMemory: 1, freeMemory: 1, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 1 },
  context: 512, text: { name: "t", kind: "bundled", words: 1 }, rows, advice: { type: "Q4_K_M", sentence: "" },
};

describe("rows", () => {
  test("sort by a column with the original on top and the unmeasured at the bottom, both ways", () => {
    const keys = (direction: "ascending" | "descending"): string[] => sortRows(rows, { column: "kl", direction }).map(rowKey);
    expect(keys("ascending")).toEqual(["base", "Q8_0", "Q4_K_M", "Q4_0", "Q2_K"]);
    expect(keys("descending")).toEqual(["base", "Q4_0", "Q4_K_M", "Q8_0", "Q2_K"]);
  });
  test("a header's click goes ascending, descending, off", () => {
    const once = nextSort(undefined, "size");
    const twice = nextSort(once, "size");
    expect([once?.direction, twice?.direction, nextSort(twice, "size")]).toEqual(["ascending", "descending", undefined]);
    expect(nextSort(twice, "kl")).toEqual({ column: "kl", direction: "ascending" });
  });
  test("the common levels are those that can be made", () => {
    expect(commonLevels(rows)).toEqual(["Q8_0", "Q4_K_M", "Q2_K"]);
    const impossible = { ...row("Q6_K", 60), size: { type: "Q6_K", bytes: 60, bitsPerWeight: 6, fallbacks: 0, problem: "No." } } satisfies TradeoffRow;
    expect(commonLevels([impossible])).toEqual([]);
  });
  test("the main rows are the common levels and those that something is known about", () => {
    expect(rows.filter(isMainRow).map(rowKey)).toEqual(["base", "Q8_0", "Q4_K_M", "Q4_0", "Q2_K"]);
    expect([row("IQ3_S", 40), { ...row("IQ3_S", 40), existing: "/m-IQ3_S.gguf" }, { ...row("IQ3_S", 40), status: "failed" as const }].map(isMainRow)).toEqual([false, true, true]);
  });
  test("the machine card shows the chosen row, else the advised, else the original", () => {
    expect(shownRow(snapshot, "Q8_0")?.type).toBe("Q8_0");
    expect(shownRow(snapshot, undefined)?.type).toBe("Q4_K_M");
    expect(shownRow({ ...snapshot, advice: undefined }, "Q6_K")?.isBase).toBe(true);
  });
});

test("points are the measured levels by size, with the best and the advised marked", () => {
  const points = chartPoints(snapshot);
  expect(points.map(({ key, best, advised }) => [key, best, advised])).toEqual([["Q4_K_M", true, true], ["Q4_0", false, false], ["Q8_0", true, false]]);
  expect(points[0]?.description).toBe("Q4_K_M: 0 KiB, KL divergence 0.0300, same word 90.0 %, the level to take, best for its size");
});

test("a divergence of nothing still has a place on the logarithmic axis", () => {
  const [point] = chartPoints({ ...snapshot, rows: [row("Q8_0", 80, -1e-9)] });
  expect(point?.kl).toBe(1e-6);
  expect(point?.low).toBeGreaterThan(0);
});

describe("axes", () => {
  test("a logarithmic domain is at least a decade wide and holds its values", () => {
    const [low, high] = logDomain([0.01, 0.012], 1e-7);
    expect(high / low).toBeCloseTo(10);
    expect(low).toBeLessThan(0.01);
    expect(high).toBeGreaterThan(0.012);
  });
  test("ticks are powers of ten, or their parts in a narrow domain", () => {
    expect(logTicks([0.0008, 0.6])).toEqual([0.001, 0.01, 0.1]);
    expect(logTicks([0.004, 0.04])).toEqual([0.005, 0.01, 0.02]);
  });
  test("a linear domain never is empty or negative", () => {
    expect(linearDomain([])).toEqual([0, 1]);
    const [low, high] = linearDomain([5]);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(5);
  });
});

describe("labels", () => {
  const bounds = { left: 0, top: 0, right: 400, bottom: 300 };
  test("stay within the frame", () => {
    const [label] = placeLabels([{ x: 390, y: 150, text: "Q4_K_M", priority: 0 }], bounds, []);
    expect(label?.anchor).toBe("end");
  });
  test("give way to those of a higher priority, and are left out where there is no room", () => {
    const crowd = Array.from({ length: 12 }, (_, index) => ({ x: 100 + index, y: 100, text: "IQ3_XXS", priority: index === 5 ? 2 : 0 }));
    const labels = placeLabels(crowd, bounds, []);
    expect(labels[5]).toBeDefined();
    expect(labels.filter(Boolean).length).toBeLessThan(12);
  });
});

test("a kept state is taken only in the right form", () => {
  expect(isViewState({ model: "/m", ticked: ["Q8_0"], selected: "base", sort: { column: "kl", direction: "ascending" } })).toBe(true);
  expect(isViewState({ model: "/m" })).toBe(true);
  for (const wrong of [undefined, {}, { model: "/m", ticked: ["Q99"] }, { model: "/m", sort: { column: "x", direction: "ascending" } }]) expect(isViewState(wrong)).toBe(false);
});
