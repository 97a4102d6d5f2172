import { describe, expect, it } from "vitest";
import { chunkTokens, planBatches } from "../../../../src/services/tradeoffs/measuringPlan";

const size = (bytes: number) => ({ size: { bytes } });
const bytes = (batches: ReturnType<typeof planBatches>) => batches.map((batch) => batch.map((level) => level.size.bytes));

describe("measuring plan", () => {
  it("decodes the original once when all levels fit beside it in half of the free memory", () => {
    expect(bytes(planBatches([size(50), size(40), size(30)], 100, 440))).toEqual([[50, 40, 30]]);
  });
  it("opens a new batch when memory is used up", () => {
    expect(bytes(planBatches([size(50), size(40), size(30)], 100, 360))).toEqual([[50], [40, 30]]);
  });
  it("still measures one by one when nothing fits", () => {
    expect(bytes(planBatches([size(50), size(40)], 100, 10))).toEqual([[50], [40]]);
  });
});

describe("chunk size", () => {
  it("is halved until two chunks fit into the text", () => {
    expect(chunkTokens("x".repeat(5120), 512)).toBe(512);
    expect(chunkTokens("x".repeat(5119), 512)).toBe(256);
    expect(chunkTokens("x".repeat(2000), 512)).toBe(128);
    expect(chunkTokens("", 512)).toBe(128);
    expect(chunkTokens("x".repeat(9999), 64)).toBe(64);
  });
});
