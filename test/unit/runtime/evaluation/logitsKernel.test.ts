import { describe, expect, it } from "vitest";
import { klDivergence, predictionOf } from "../../plainLogits";
import { HumanError } from "../../../../src/protocol/humanError";
import { LogitsKernel } from "../../../../src/runtime/evaluation/logitsKernel";
import { logitsModule } from "../../../../src/runtime/evaluation/logitsModule";

/** Numbers that look normally distributed, the same ones every time. */
function gaussian(count: number, scale: number, seed: number): Float32Array {
  let state = seed;
  const uniform = (): number => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) + 0.5) / 2 ** 32;
  return Float32Array.from({ length: count }, () => scale * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

function divergence(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const kernel = new LogitsKernel(x.length);
  kernel.base.set(x);
  kernel.variant.set(y);
  return kernel.divergence(kernel.summary(kernel.base), kernel.summary(kernel.variant));
}

describe("logits kernel", () => {
  it("turns logits ln 1, ln 2, ln 5 into a partition of ln 8 and token 2", () => {
    const kernel = new LogitsKernel(3);
    kernel.base.set([0, Math.log(2), Math.log(5)]);
    expect(kernel.summary(kernel.base)).toEqual({ logPartition: expect.closeTo(Math.log(8), 6), largest: Math.fround(Math.log(5)), top: 2 });
  });

  it("takes the first of equal logits", () => {
    const kernel = new LogitsKernel(9);
    kernel.variant.set([1, 3, 2, 2, 2, 2, 3, 3, 1]);
    expect(kernel.summary(kernel.variant).top).toBe(1);
  });

  it("finds KL of (1/10, 9/10) from (9/10, 1/10) to be 0.8 ln 9", () => {
    expect(divergence([Math.log(9), 0], [0, Math.log(9)])).toBeCloseTo(0.8 * Math.log(9), 6);
  });

  it("finds zero where logits differ by a constant", () => {
    expect(divergence([1, 2, 3], [1, 2, 3])).toBe(0);
    expect(divergence([1, 2, 3], [21, 22, 23])).toBeCloseTo(0, 6);
  });

  it.each([7, 4096, 128_256])("agrees with the plain formulas over %d tokens to 1e-6", (vocabSize) => {
    for (const [scale, noise] of [[1, 0.001], [3, 0.1], [8, 1]] as const) {
      const x = gaussian(vocabSize, scale, 7);
      const y = gaussian(vocabSize, noise, 8).map((value, index) => value + (x[index] ?? 0) + 4);
      const [base, variant] = [predictionOf(x), predictionOf(y)];
      const kernel = new LogitsKernel(vocabSize);
      kernel.base.set(x);
      kernel.variant.set(y);
      const [own, other] = [kernel.summary(kernel.base), kernel.summary(kernel.variant)];
      expect([own.top, other.top]).toEqual([base.top, variant.top]);
      expect(Math.abs(own.logPartition - base.logPartition)).toBeLessThan(3e-7);
      expect(Math.abs(kernel.divergence(own, other) - klDivergence(base, variant))).toBeLessThan(1e-6);
    }
  });

  it("leaves out what the base thinks impossible, whatever the variant thinks", () => {
    expect(divergence([0, Number.NEGATIVE_INFINITY], [0, 0])).toBeCloseTo(Math.LN2, 7);
    expect(divergence([0, -1000], [0, Number.NEGATIVE_INFINITY])).toBe(0);
    expect(divergence([0, Number.NEGATIVE_INFINITY], [3, Number.NEGATIVE_INFINITY])).toBeCloseTo(0, 9);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d anywhere with a sentence", (value) => {
    for (let place = 0; place < 6; place++) {
      const kernel = new LogitsKernel(6);
      kernel.base.fill(1)[place] = value;
      expect(() => kernel.summary(kernel.base)).toThrow(HumanError);
    }
  });

  it("is compiled from logits.as", async () => {
    // @ts-expect-error a script without types
    const { compiledModule } = (await import("../../../../scripts/wasm.mjs")) as { compiledModule(): Promise<string> };
    expect(await compiledModule()).toBe(logitsModule);
  });
});
