import { describe, expect, it } from "vitest";
import { progressLine, resultOf, shownSeconds, workTeller } from "../../../../src/cli/lab/workProgress";
import type { WorkProgress } from "../../../../src/protocol/compression";
import { RecordedOutput } from "../recordedOutput";

describe("progress of work", () => {
  it("tells the share, and the time left while there is some", () => {
    expect(progressLine("Writing", 0.429, 11.2)).toBe("Writing 42 %, about 12 s left");
    expect(progressLine("Writing", 1, 0)).toBe("Writing 100 %");
    expect(progressLine("Writing", 0)).toBe("Writing 0 %");
  });

  it.each([[0.2, "1 s"], [89, "89 s"], [100, "2 min"], [3000, "50 min"], [7500, "2 h 5 min"]])("%d seconds are %s", (seconds, words) => {
    expect(shownSeconds(seconds)).toBe(words);
  });

  it("is one line for each tenth where lines stay", () => {
    const output = new RecordedOutput();
    const tell = workTeller(output, "Pruning");
    for (let done = 0; done <= 100; done++) tell({ done, all: 100 });
    tell({ done: 1, all: 2, label: "Checking" });
    expect(output.told).toHaveLength(12);
    expect(output.told.slice(0, 2)).toEqual(["Pruning 0 %", "Pruning 10 %"]);
    expect(output.told.at(-1)).toBe("Checking 50 %");
  });

  it("ends with the result, or says that there was none", async () => {
    async function* job(...events: ({ kind: "progress"; progress: WorkProgress } | { kind: "result"; result: number })[]) {
      yield* events;
    }
    expect(await resultOf(new RecordedOutput(), job({ kind: "progress", progress: { done: 1, all: 2 } }, { kind: "result", result: 7 }))).toBe(7);
    await expect(resultOf(new RecordedOutput(), job())).rejects.toThrow("ended without a result");
  });
});
