import { describe, expect, it } from "vitest";
import { judge } from "../../../../src/core/recipes/gates";
import type { MeasuredRow } from "../../../../src/protocol/model";

function row(perplexity: number, kl?: number, top1Agreement?: number): MeasuredRow {
  return {
    path: "a.gguf", type: "F16", bytes: 1, bitsPerWeight: 16, perplexity: { value: perplexity, error: 0 }, top1Agreement, promptTokensPerSecond: 1, generationTokensPerSecond: 0, chunks: 1,
    ...(kl !== undefined && { kl: { mean: kl, error: 0, median: kl, p99: kl } }),
  };
}
const original = row(50);

describe("quality gates", () => {
  it("say what is worse than allowed, with both numbers", () => {
    expect(judge({ maxKl: 0.2, otherwise: "stop" }, "Prune 1 block", row(60, 0.41), original)).toEqual({ passed: false, sentence: "KL 0.41 is above the 0.20 allowed after “Prune 1 block”." });
    expect(judge({ maxPerplexity: 1.2, otherwise: "stop" }, "Distil", row(71.5), original).sentence).toBe("Perplexity 1.43 times the original's is above the 1.20 times allowed after “Distil”.");
    expect(judge({ minAgreement: 0.9, otherwise: "ask" }, "Distil", row(60, 0.1, 0.812), original).sentence).toBe("Agreement 81.2 % is below the 90.0 % allowed after “Distil”.");
    expect(judge({ minClauseF1: 0.7, otherwise: "ask" }, "Distil", row(60), original, 0.65).sentence).toBe("Clause F1 0.650 is below the 0.700 allowed after “Distil”.");
  });

  it("let pass what is as good as allowed, to the last bit", () => {
    expect(judge({ maxKl: 0.2, minAgreement: 0.9, otherwise: "stop" }, "Distil", row(60, 0.2, 0.9), original)).toEqual({
      passed: true, sentence: "KL 0.20 is within the 0.20 allowed, and agreement 90.0 % is within the 90.0 % allowed after “Distil”.",
    });
  });

  it("show as many digits as it takes to see the difference", () => {
    expect(judge({ maxKl: 0.2, otherwise: "stop" }, "Distil", row(60, 0.20004), original).sentence).toBe("KL 0.20004 is above the 0.20000 allowed after “Distil”.");
  });

  it("show a small limit as what it is", () => {
    expect(judge({ maxKl: 0.0001, otherwise: "stop" }, "Distil", row(60, 0.17), original).sentence).toBe("KL 0.1700 is above the 0.0001 allowed after “Distil”.");
  });

  it("name only what failed, and all of it", () => {
    const verdict = judge({ maxKl: 0.1, maxPerplexity: 2, minAgreement: 0.95, otherwise: "stop" }, "Distil", row(60, 0.3, 0.8), original);
    expect(verdict.sentence).toBe("KL 0.30 is above the 0.10 allowed, and agreement 80.0 % is below the 95.0 % allowed after “Distil”.");
  });

  it("do not let pass what could not be measured", () => {
    expect(judge({ maxKl: 1, otherwise: "stop" }, "Distil", row(60), original)).toEqual({ passed: false, sentence: "KL could not be measured after “Distil”." });
    expect(judge({ maxPerplexity: 2, otherwise: "stop" }, "Distil", row(Number.NaN), original).passed).toBe(false);
    expect(judge({ minClauseF1: 0, otherwise: "stop" }, "Distil", row(60), original).passed).toBe(false);
  });

  it("ask nothing of a step when they are empty", () => {
    expect(judge({ otherwise: "stop" }, "Distil", row(60), original)).toEqual({ passed: true, sentence: "Nothing was asked of “Distil”." });
  });
});
