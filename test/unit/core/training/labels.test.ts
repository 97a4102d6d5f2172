import { describe, expect, it } from "vitest";
import { crossEntropy, drawLabel, mixWithToken, softmax, surprise } from "../../../../src/core/training/labels";
import { Random } from "../../../../src/core/training/random";

const logits = Float32Array.of(Math.log(1), Math.log(2), Math.log(5));
const round = (values: Float32Array): number[] => [...values].map((value) => Number(value.toFixed(5)));

describe("softmax", () => {
  it("of logarithms gives their shares", () => {
    const out = new Float32Array(3);
    softmax(logits, 1, out);
    expect(round(out)).toEqual([0.125, 0.25, 0.625]);
  });

  it("is flatter at a higher temperature: e^(x/2) is the square root", () => {
    const out = new Float32Array(3);
    softmax(Float32Array.of(Math.log(1), Math.log(4), Math.log(9)), 2, out);
    expect(round(out)).toEqual([0.16667, 0.33333, 0.5]);
  });

  it("in place, and for logits whose exponentials are too large for a number", () => {
    const row = Float32Array.of(1000, 1000, -1000);
    softmax(row, 1, row);
    expect(round(row)).toEqual([0.5, 0.5, 0]);
  });
});

it("mixes in the token that follows", () => {
  const row = Float32Array.of(0.125, 0.25, 0.625);
  mixWithToken(row, 0, 0.2);
  expect(round(row)).toEqual([0.3, 0.2, 0.5]);
  mixWithToken(row, 0, 0);
  expect(round(row)).toEqual([0.3, 0.2, 0.5]);
});

it("cross-entropy: −Σ label · ln share", () => {
  // Shares 1/8, 2/8 and 5/8.
  expect(surprise(0, logits)).toBeCloseTo(Math.log(8), 6);
  expect(crossEntropy(Float32Array.of(0, 1, 0), logits)).toBeCloseTo(Math.log(4), 6);
  expect(crossEntropy(Float32Array.of(0.5, 0.5, 0), logits)).toBeCloseTo((Math.log(8) + Math.log(4)) / 2, 6);
});

describe("drawn labels", () => {
  const shares = (temperature: number): number[] => {
    const random = new Random(7);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 20_000; draw++) counts[drawLabel(logits, temperature, random)]!++;
    return counts.map((count) => count / 20_000);
  };

  it("come as often as the distribution says", () => {
    for (const [index, share] of shares(1).entries()) expect(share).toBeCloseTo([0.125, 0.25, 0.625][index]!, 1);
  });

  it("are nearly always the most likely one when it is cold", () => {
    expect(shares(0.05)[2]).toBeGreaterThan(0.999);
  });
});
