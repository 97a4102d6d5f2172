import { describe, expect, test } from "vitest";
import { type PlainFigures, compressionFactor, lostAndKept, plainTerms, starThresholds, starsOf } from "../../../../src/core/fit/plainWords";

const unknown: PlainFigures = { isOriginal: false, foretold: false };

describe("stars", () => {
  // KL divergence and agreement of Llama 3 8B as llama.cpp publishes them (tools/perplexity/README.md).
  test.each([
    ["Q8_0", 0.001355, 0.97674, 5],
    ["Q6_K", 0.005452, 0.96031, 4],
    ["Q5_K_M", 0.010762, undefined, 4],
    ["Q4_K_M", 0.031273, 0.91901, 3],
    ["Q4_0", 0.07194, undefined, 2],
    ["Q2_K", 0.445132, undefined, 1],
  ])("%s", (_level, kl, agreement, stars) => expect(starsOf({ ...unknown, kl, agreement })).toBe(stars));
  test("the lower of the two counts", () => {
    expect(starsOf({ ...unknown, kl: 0.001, agreement: 0.92 })).toBe(3);
    expect(starsOf({ ...unknown, kl: 0.04, agreement: 0.99 })).toBe(3);
    expect(starsOf({ ...unknown, agreement: 0.2 })).toBe(1);
  });
  test("bounds belong to the better step", () => expect(starsOf({ ...unknown, kl: 0.003, agreement: 0.975 })).toBe(5));
  test("nothing known, no stars; the original has all", () => {
    expect(starsOf(unknown)).toBeUndefined();
    expect(starsOf({ ...unknown, isOriginal: true })).toBe(5);
  });
  test("thresholds loosen from step to step", () => {
    const steps = starThresholds.map(({ stars, kl, agreement }) => [stars, kl, -agreement]);
    expect(steps).toEqual([...steps].sort((a, b) => b[0]! - a[0]!));
    expect(steps).toEqual([...steps].sort((a, b) => a[1]! - b[1]!));
    expect(steps).toEqual([...steps].sort((a, b) => a[2]! - b[2]!));
  });
});

describe("what is lost and kept", () => {
  test("measured, with sizes and speeds", () => {
    expect(lostAndKept({ ...unknown, kl: 0.03, agreement: 0.9704, bytes: 100, originalBytes: 310, tokensPerSecond: 18, originalTokensPerSecond: 10 })).toBe(
      "Picks the original's next word 97 times in 100; 3.1 times smaller; 1.8 times as fast.",
    );
  });
  test("foretold says so; without agreement the divergence speaks", () => {
    expect(lostAndKept({ ...unknown, foretold: true, agreement: 0.9968 })).toBe("Is expected to pick the original's next word 99.7 times in 100.");
    expect(lostAndKept({ ...unknown, foretold: true, kl: 0.03127 })).toBe("Is expected to differ from the original by 0.031 nats per token.");
  });
  test("never 100 for what is not whole", () => {
    expect(lostAndKept({ ...unknown, agreement: 0.99999 })).toContain("more than 99.9 times in 100");
    expect(lostAndKept({ ...unknown, agreement: 1 })).toContain(" 100 times in 100");
  });
  test("a level can be larger and as fast", () => {
    expect(lostAndKept({ ...unknown, bytes: 200, originalBytes: 100, tokensPerSecond: 10.2, originalTokensPerSecond: 10 })).toBe("2.0 times larger; as fast.");
  });
  test("a foretold speed is about so much", () => {
    expect(lostAndKept({ ...unknown, tokensPerSecond: 20, originalTokensPerSecond: 10, speedForetold: true })).toBe("About 2.0 times as fast.");
  });
  test("nothing known, nothing said", () => expect(lostAndKept(unknown)).toBe(""));
});

test("the customer's terms, and the levels that stand for them", () => {
  expect(plainTerms.map(({ term, level }) => [term, level])).toEqual([
    ["FP16", "F16"], ["INT8", "Q8_0"], ["INT4", "Q4_0"], ["GPTQ", undefined], ["Q4_0", "Q4_0"], ["Q4_1", "Q4_1"], ["Q5_0", "Q5_0"], ["Q8_0", "Q8_0"],
  ]);
  expect(compressionFactor({ ...unknown, bytes: 0, originalBytes: 5 })).toBeUndefined();
});
