import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/protocol/model";
import type { MeterSample } from "../../../src/protocol/modelPanels";
import { chartPoints, fullValue, levelOf, meanSpeed, roundAbove, shownGauges, shownSpan } from "../../../webview/meter/history";
import { loadedWords, queueWords, readingOf } from "../../../webview/meter/words";

const GiB = 1024 ** 3;
const machine: Machine = { totalMemory: 16 * GiB, freeMemory: 8 * GiB, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 4 };
const withGpu: Machine = { ...machine, totalVideoMemory: 8 * GiB, gpuName: "RTX 4060" };

function sample(at: number, more: Partial<MeterSample> = {}): MeterSample {
  return { at, residentMemory: 2 * GiB, videoMemory: 0, cpu: 2, tokensPerSecond: 0, ...more };
}

describe("points of a chart", () => {
  test("are those of the last ten minutes", () => {
    const samples = [sample(0), sample(1000), sample(shownSpan + 500), sample(shownSpan + 1000)];
    expect(chartPoints(samples, "cpu", machine).map(({ at }) => at)).toEqual([1000, (1000 + shownSpan + 500) / 2, shownSpan + 500, shownSpan + 1000]);
  });
  test("have a gap where nothing was measured", () => {
    expect(chartPoints([sample(0), sample(5000), sample(12_000)], "memory", machine)).toEqual([
      { at: 0, value: 2 * GiB },
      { at: 5000, value: 2 * GiB },
      { at: 8500, value: Number.NaN },
      { at: 12_000, value: 2 * GiB },
    ]);
  });
  test("the processor is a share of all cores", () => {
    expect(chartPoints([sample(0)], "cpu", machine)[0]?.value).toBe(0.5);
    expect(chartPoints([sample(0)], "cpu", undefined)[0]?.value).toBe(2);
    expect(chartPoints([], "cpu", machine)).toEqual([]);
  });
});

describe("the top of a chart", () => {
  test("is what the machine has", () => {
    expect([fullValue("memory", machine, []), fullValue("video", withGpu, []), fullValue("cpu", machine, [])]).toEqual([16 * GiB, 8 * GiB, 1]);
  });
  test("is a round number above the fastest, and rarely changes", () => {
    const top = (...values: readonly number[]): number => fullValue("speed", machine, values.map((value, at) => ({ at, value })));
    expect([top(), top(3), top(12, Number.NaN, 38), top(50), top(51), top(700)]).toEqual([10, 10, 50, 50, 100, 1000]);
    expect([roundAbove(0), roundAbove(10), roundAbove(10.1), roundAbove(200), roundAbove(Number.NaN)]).toEqual([10, 10, 20, 200, 10]);
  });
});

test("video memory is shown where there is some", () => {
  expect(shownGauges(machine, [sample(0)])).toEqual(["memory", "cpu", "speed"]);
  expect(shownGauges(withGpu, [])).toEqual(["memory", "video", "cpu", "speed"]);
  expect(shownGauges(undefined, [sample(0, { videoMemory: 5 })])).toContain("video");
});

test("only memory becomes dangerous", () => {
  expect([0, 0.79, 0.8, 0.89, 0.9, 1.2].map((share) => levelOf("memory", share * GiB, GiB))).toEqual(["good", "good", "fair", "fair", "poor", "poor"]);
  expect([levelOf("cpu", 1, 1), levelOf("speed", 9, 10)]).toEqual([undefined, undefined]);
});

describe("words", () => {
  test("a value and what it is a part of", () => {
    const samples = [sample(0, { tokensPerSecond: 30 }), sample(1000), sample(2000, { tokensPerSecond: 10, videoMemory: 3 * GiB })];
    expect(meanSpeed(samples)).toBe(20);
    expect(readingOf("memory", samples, machine)).toEqual({ now: "2.00 GiB", beside: "of 16.0 GiB" });
    expect(readingOf("video", samples, withGpu)).toEqual({ now: "3.00 GiB", beside: "of 8.0 GiB · RTX 4060" });
    expect(readingOf("cpu", samples, machine)).toEqual({ now: "50 %", beside: "2.0 of 4 cores" });
    expect(readingOf("speed", samples, machine)).toEqual({ now: "10.0", beside: "20.0 on average while it worked" });
    expect(readingOf("speed", [sample(0)], machine)).toEqual({ now: "idle", beside: "" });
    expect(readingOf("cpu", [], machine)).toEqual({ now: "–", beside: "" });
  });
  test("what is loaded, and who waits", () => {
    const loaded = { path: "/m/x.gguf", contextSize: 16_384, gpuLayers: 0, hasChatTemplate: true };
    expect(loadedWords(loaded)).toBe("16,384 tokens of context · in memory, on the processor");
    expect(loadedWords({ ...loaded, gpuLayers: 33, cacheType: "Q8_0", adapters: [{ path: "/m/law.gguf", scale: 0.5 }] })).toBe("16,384 tokens of context · 33 layers on the GPU · cache in Q8_0 · adapter law.gguf × 0.5");
    expect([queueWords(undefined), queueWords(0), queueWords(1), queueWords(2)]).toEqual(["", "", "1 request waiting", "2 requests waiting"]);
  });
});
