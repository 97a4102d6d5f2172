import { describe, expect, test } from "vitest";
import type { TradeoffRow } from "../../../src/protocol/panels";
import { placeLabels } from "../../../webview/chartLabels";
import { linearDomain, logDomain, logTicks } from "../../../webview/chartScale";
import { nextSort, sortRows } from "../../../webview/tradeoffs/columns";
import { measureLabel, measuringCost, planWords } from "../../../webview/tradeoffs/cost";
import { agreementOf, klOf, onChosenMachine, speedOf } from "../../../webview/tradeoffs/known";
import { memoryParts } from "../../../webview/tradeoffs/memoryParts";
import { plainRows } from "../../../webview/tradeoffs/plainRows";
import { chartData, chartPoints } from "../../../webview/tradeoffs/points";
import { commonKeys, isMainRow, isMeasuring, measurableKeys, shownRow } from "../../../webview/tradeoffs/rows";
import { isViewState } from "../../../webview/tradeoffs/viewState";
import { foretold, level, rows, snapshot } from "./tradeoffRows";

const mix: TradeoffRow = { ...foretold("Q4_K_M", 45, 0.025), key: "mix-1", label: "Mix 45 B", kind: "mix" };

describe("rows", () => {
  test("sort by a column with the original on top and the unknown at the bottom, both ways", () => {
    const keys = (direction: "ascending" | "descending"): string[] => sortRows(rows, { column: "kl", direction }).map(({ key }) => key);
    expect(keys("ascending")).toEqual(["base", "Q8_0", "Q4_K_M", "Q4_0", "Q2_K"]);
    expect(keys("descending")).toEqual(["base", "Q4_0", "Q4_K_M", "Q8_0", "Q2_K"]);
  });
  test("foretold numbers are sorted with the measured ones", () => {
    expect(sortRows([...rows, mix], { column: "kl", direction: "ascending" }).map(({ key }) => key)).toEqual(["base", "Q8_0", "mix-1", "Q4_K_M", "Q4_0", "Q2_K"]);
  });
  test("a header's click goes ascending, descending, off", () => {
    const once = nextSort(undefined, "size");
    const twice = nextSort(once, "size");
    expect([once?.direction, twice?.direction, nextSort(twice, "size")]).toEqual(["ascending", "descending", undefined]);
    expect(nextSort(twice, "kl")).toEqual({ column: "kl", direction: "ascending" });
  });
  test("ticked at first are the common levels that can be made, and the mixes", () => {
    expect(commonKeys([...rows, mix])).toEqual(["Q8_0", "Q4_K_M", "Q2_K", "mix-1"]);
    expect(commonKeys([{ ...level("Q6_K", 60), size: { type: "Q6_K", bytes: 60, bitsPerWeight: 6, fallbacks: 0, problem: "No." } }])).toEqual([]);
  });
  test("what is measured is measured again only to go on", () => {
    expect(measurableKeys({ rows })).toEqual(["Q2_K"]);
    expect(measurableKeys({ rows: rows.map((row) => (row.key === "Q4_0" ? { ...row, unfinished: "text" as const } : row)) })).toEqual(["Q4_0", "Q2_K"]);
  });
  test("a progress is a measurement only while rows are in it", () => {
    const progress = { label: "Sampling", fraction: 0.5 };
    expect(isMeasuring({ rows, progress })).toBe(false);
    expect(isMeasuring({ rows: [level("Q6_K", 60, undefined, { status: "waiting" })], progress })).toBe(true);
    expect(isMeasuring({ rows: [level("Q6_K", 60, undefined, { status: "waiting" })] })).toBe(false);
  });
  test("the main rows are the common levels, the mixes and all that something is known about", () => {
    expect(rows.filter(isMainRow).map(({ key }) => key)).toEqual(["base", "Q8_0", "Q4_K_M", "Q4_0", "Q2_K"]);
    expect([level("IQ3_S", 40), level("IQ3_S", 40, undefined, { existing: "/m.gguf" }), level("IQ3_S", 40, undefined, { status: "failed" }), mix].map(isMainRow)).toEqual([false, true, true, true]);
  });
  test("the machine card shows the chosen row, else the advised, else the original", () => {
    expect(shownRow(snapshot, "Q8_0")?.type).toBe("Q8_0");
    expect(shownRow(snapshot, undefined)?.type).toBe("Q4_K_M");
    expect(shownRow({ ...snapshot, advice: undefined }, "Q6_K")?.kind).toBe("base");
  });
});

describe("what is known of a row", () => {
  test("measured goes before foretold", () => {
    const both = level("Q4_0", 47, 0.07, { forecast: { kl: { value: 0.05, low: 0.03, high: 0.09 }, generationTokensPerSecond: 30 } });
    expect(klOf(both)).toEqual({ value: 0.07, low: 0.035, high: expect.closeTo(0.105) as number, foretold: false });
    expect(speedOf(both)).toEqual({ value: 30, low: 0, high: 30, foretold: true });
  });
  test("a measured speed holds on this machine only", () => {
    const fast = level("Q8_0", 80, 0.001, { forecast: { generationTokensPerSecond: 30 } });
    const row = { ...fast, measured: { ...fast.measured!, generationTokensPerSecond: 19 } };
    const speedOn = (machineId: string): number | undefined => speedOf(onChosenMachine({ ...snapshot, rows: [row], machineId }).rows[0]!)?.value;
    expect([speedOn("here"), speedOn("server")]).toEqual([19, 30]);
  });
  test("foretold has its interval; unknown is unknown", () => {
    expect(klOf(mix)).toEqual({ value: 0.025, low: 0.0125, high: 0.05, foretold: true });
    expect(agreementOf(mix)?.foretold).toBe(true);
    expect([klOf(level("Q2_K", 30)), agreementOf(level("Q2_K", 30)), speedOf(level("Q2_K", 30))]).toEqual([undefined, undefined, undefined]);
  });
});

describe("the price of measuring", () => {
  const priced = [level("Q8_0", 80, undefined, { cost: { seconds: 100, bytes: 3 * 1024 ** 3 } }), level("Q2_K", 30, undefined, { cost: { seconds: 60, bytes: 1024 ** 3 } }), level("Q6_K", 60)];
  test("the original is paid for once", () => {
    expect(measuringCost(priced, ["Q8_0", "Q2_K"], 200)).toEqual({ count: 2, seconds: 360, bytes: 4 * 1024 ** 3 });
    expect(measureLabel(measuringCost(priced, ["Q8_0", "Q2_K"], 200), false)).toBe("Measure 2 · 6 min");
    expect(measureLabel(measuringCost(priced, ["Q2_K"], 60), true)).toBe("Go on · 2 min");
  });
  test("a price that is not known is not shown", () => {
    expect(measureLabel(measuringCost(priced, ["Q8_0", "Q6_K"], 200), false)).toBe("Measure 2");
    expect(measureLabel(measuringCost(priced, [], 200), false)).toBe("Measure");
  });
  test("the plan is a sentence", () => {
    expect(planWords(measuringCost(priced, ["Q8_0", "Q2_K"], 200), false, "a.md")).toBe("Measures 2 levels on a.md, about 6 min, with up to 4.0 GiB of temporary disk. Results are kept.");
    expect(planWords({ count: 0 }, false, "a.md")).toBe("Tick levels in the table to measure them.");
  });
});

describe("points", () => {
  test("are the known levels by size, with the best and the advised marked", () => {
    const points = chartPoints(snapshot, "size");
    expect(points.map(({ key, best, advised }) => [key, best, advised])).toEqual([["Q4_K_M", true, true], ["Q4_0", false, false], ["Q8_0", true, false]]);
    expect(points[0]?.description).toBe("Q4_K_M: 0 KiB, KL divergence 0.0300, same word 90.0 %, the level to take, best for its size");
  });
  test("the front runs over measured and foretold ones", () => {
    const points = chartPoints({ ...snapshot, rows: [...rows, mix] }, "size");
    expect(points.filter(({ best }) => best).map(({ key }) => key)).toEqual(["mix-1", "Q8_0"]);
    expect(points[0]).toMatchObject({ key: "mix-1", foretold: true, isMix: true, low: 0.0125, high: 0.05 });
    expect(points[0]?.description).toContain("KL divergence foretold 0.0250, between 0.0125 and 0.0500");
  });
  test("in memory the budget has the cache and the buffers on top", () => {
    const rowsInMemory = [level("Q4_K_M", 46, 0.03, { memory: { weights: 46, cache: 10, compute: 5 } })];
    const budgeted = { ...snapshot, rows: rowsInMemory, budget: { bytes: 50, label: "b" } };
    expect(chartData(budgeted, "size").budget?.bytes).toBe(50);
    expect(chartData(budgeted, "memory").budget?.bytes).toBe(65);
    expect(chartData(budgeted, "memory").points[0]?.bytes).toBe(61);
  });
  test("levels of which only the size is known are a rug", () => expect(chartData(snapshot, "size").unknown).toEqual([30]));
  test("a divergence of nothing still has a place on the logarithmic axis", () => {
    const [point] = chartPoints({ ...snapshot, rows: [level("Q8_0", 80, -1e-9)] }, "size");
    expect(point?.kl).toBe(1e-6);
    expect(point?.low).toBeGreaterThan(0);
  });
  test("what the matrix bought is shown on measured points only", () => {
    const at = (row: TradeoffRow): number | undefined => chartPoints({ ...snapshot, rows: [row] }, "size")[0]?.klWithoutMatrix;
    expect(at(level("Q4_0", 47, 0.07, { klWithoutMatrix: 0.09 }))).toBe(0.09);
    expect(at(foretold("Q4_0", 47, 0.07, { klWithoutMatrix: 0.09 }))).toBeUndefined();
  });
});

describe("memory", () => {
  const machine = { ...snapshot.machine, totalMemory: 32, totalVideoMemory: 8 };
  const memory = { weights: 9, cache: 3, compute: 1 };
  test("lies on the GPU, in RAM, or by blocks in both", () => {
    expect(memoryParts({ memory, fit: "gpu" }, machine)).toEqual([{ pool: "GPU", has: 8, need: memory }]);
    expect(memoryParts({ memory, fit: "tight" }, machine)).toEqual([{ pool: "RAM", has: 32, need: memory }]);
    expect(memoryParts({ memory, fit: "partial", gpuLayers: { fit: 20, all: 30 } }, machine)).toEqual([
      { pool: "GPU", has: 8, need: { weights: 6, cache: 2, compute: 1 } },
      { pool: "RAM", has: 32, need: { weights: expect.closeTo(3) as number, cache: expect.closeTo(1) as number, compute: 0 } },
    ]);
    expect(memoryParts({ fit: "gpu" }, machine)).toEqual([]);
  });
});

describe("plain words", () => {
  test("each term has its row, and the advised level one of its own", () => {
    const plain = plainRows(snapshot);
    expect(plain.map(({ term, row }) => [term.term, row?.key])).toEqual([
      ["Q4_K_M", "Q4_K_M"], ["FP16", "base"], ["INT8", "Q8_0"], ["INT4", "Q4_0"], ["GPTQ", undefined], ["Q4_0", "Q4_0"], ["Q4_1", undefined], ["Q5_0", undefined], ["Q8_0", "Q8_0"],
    ]);
    expect(plain[0]).toMatchObject({ advised: true, figures: { bytes: 46, originalBytes: 160, kl: 0.03, foretold: false } });
  });
  test("a measured speed is not compared to a foretold one", () => {
    const base = level("F16", 160, 0, { kind: "base", forecast: { generationTokensPerSecond: 10 } });
    const fast = level("Q8_0", 80, 0.001);
    const measured = { ...fast, measured: { ...fast.measured!, generationTokensPerSecond: 19 } };
    const figures = plainRows({ ...snapshot, rows: [base, measured] }).find(({ term }) => term.term === "Q8_0")?.figures;
    expect([figures?.tokensPerSecond, figures?.originalTokensPerSecond, figures?.speedForetold]).toEqual([19, undefined, false]);
  });
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
  test("of measured points and of the one to take are written in any crowd, led to by a line where they stand far away", () => {
    const crowd = Array.from({ length: 12 }, (_, index) => ({ x: 100 + index, y: 100, text: "IQ3_XXS", priority: index, always: true }));
    const labels = placeLabels(crowd, bounds, []);
    expect(labels.filter(Boolean)).toHaveLength(12);
    expect(labels[11]).toMatchObject({ far: false });
    expect(labels.some((label) => label?.far)).toBe(true);
    const [none] = placeLabels([{ x: 20, y: 10, text: "IQ3_XXS", priority: 0 }], { left: 0, top: 0, right: 40, bottom: 20 }, []);
    expect(none).toBeUndefined();
  });
});

test("a kept state is taken only in the right form", () => {
  expect(isViewState({ model: "/m", document: "a.md", ticked: ["Q8_0", "mix-2"], selected: "base", sort: { column: "kl", direction: "ascending" }, view: "tensors", axis: "memory", tensors: { type: "Q4_K", by: "error" } })).toBe(true);
  expect(isViewState({ model: "/m" })).toBe(true);
  const wrong = [undefined, {}, { model: "/m", document: 1 }, { model: "/m", ticked: ["Q99"] }, { model: "/m", ticked: ["mix-x"] }, { model: "/m", sort: { column: "x", direction: "ascending" } }, { model: "/m", view: "x" }, { model: "/m", tensors: { by: "x" } }];
  for (const state of wrong) expect(isViewState(state)).toBe(false);
});
