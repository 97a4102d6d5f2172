import { describe, expect, it } from "vitest";
import { BlockInfluence } from "../../../../src/core/pruning/blockInfluence";
import { keptNeurons } from "../../../../src/core/pruning/keptNeurons";
import { leastImportant } from "../../../../src/core/pruning/leastImportant";
import { addColumnSquares, neuronImportance, rowSquares, strongest } from "../../../../src/core/pruning/neuronImportance";
import { modelHeader } from "./headerOf";

describe("BlockInfluence", () => {
  it("is 1 minus the mean cosine of the positions", () => {
    const influence = new BlockInfluence();
    // Cosines 1 (only longer), 0 (a right angle) and 24/25.
    influence.add(Float32Array.of(1, 1, 1, 0, 3, 4), Float32Array.of(2, 2, 0, 5, 4, 3), 2);
    expect(influence.positions).toBe(3);
    expect(influence.value).toBeCloseTo(1 - (1 + 0 + 24 / 25) / 3, 12);
  });

  it("knows turning round, and zeros", () => {
    const round = new BlockInfluence();
    round.add(Float32Array.of(1, 2), Float32Array.of(-1, -2), 2);
    expect(round.value).toBeCloseTo(2, 12);
    const zeros = new BlockInfluence();
    zeros.add(new Float32Array(2), new Float32Array(2), 2);
    expect(zeros.value).toBe(0);
    zeros.add(new Float32Array(2), Float32Array.of(1, 0), 2);
    expect(zeros.value).toBe(0.5);
    expect(new BlockInfluence().value).toBe(0);
    expect(() => zeros.add(new Float32Array(2), new Float32Array(3), 2)).toThrow(RangeError);
  });
});

describe("neurons", () => {
  /** ffn_down of three neurons and width 2. */
  const down = Float32Array.of(1, 2, 3, 4, -2, 0);

  it("are weighed by the squares of their column and row", () => {
    const columns = new Float64Array(3);
    addColumnSquares(columns, down.subarray(0, 3));
    addColumnSquares(columns, down.subarray(3));
    expect([...columns]).toEqual([17, 8, 9]);
    expect([...rowSquares(down, 3)]).toEqual([14, 20]);
  });

  it("rank by what they add: activation × column, or all three norms", () => {
    expect([...neuronImportance([[1, 3, 2], [17, 8, 9]])]).toEqual([17, 24, 18]);
    expect([...strongest(Float64Array.of(17, 24, 18), 2)]).toEqual([1, 2]);
    expect([...neuronImportance([[17, 8, 9], [1, 1, 2], [2, 1, 1]])]).toEqual([34, 8, 18]);
  });

  it("of equals stay those that come first, in their order", () => {
    expect([...strongest(Float64Array.of(5, 7, 5, 7, 5), 3)]).toEqual([0, 1, 3]);
  });
});

describe("keptNeurons", () => {
  it.each([
    // A 256 of 4096 is fine enough, of 768 it is not: 32 then; 1 where neither divides.
    [4096, "F32", 0.5, 2048], [4096, "F32", 0.7, 2816], [768, "F32", 0.75, 576], [100, "F32", 0.333, 33],
    [768, "Q4_K", 0.75, 512], [768, "Q4_K", 0.01, 256], [768, "Q8_0", 0.01, 32], [768, "F32", 1, 768],
  ])("of %d in %s at %d are %d", (neurons, down, share, kept) => {
    expect(keptNeurons(modelHeader({ neurons, down }), share)).toBe(kept);
  });

  it.each([0, -1, 1.1, Number.NaN])("refuses a share of %d", (share) => {
    expect(() => keptNeurons(modelHeader(), share)).toThrow("above 0 and at most 1");
  });

  it("knows models of other architectures by their tensors", () => {
    expect(keptNeurons(modelHeader({ architecture: "newkind" }), 0.5)).toBe(32);
    expect(() => keptNeurons(modelHeader({ upRows: 65 }), 0.5)).toThrow("no feed-forward part");
  });
});

describe("leastImportant", () => {
  const ranking = {
    blocks: [
      { block: 0, influence: 0.5, without: { perplexity: 90, kl: 2 } },
      { block: 1, influence: 0.1, without: { perplexity: 30, kl: 0.3 } },
      { block: 2, influence: 0.1, without: { perplexity: 20, kl: 0.4 } },
      { block: 3, influence: 0.2, without: { perplexity: 20, kl: 0.2 } },
    ],
    tokens: 1,
    seconds: 1,
  };

  it("takes the smallest, of equals the first, and tells them by number", () => {
    expect(leastImportant(ranking, 1, "influence")).toEqual([1]);
    expect(leastImportant(ranking, 3, "influence")).toEqual([1, 2, 3]);
    expect(leastImportant(ranking, 1, "perplexity")).toEqual([2]);
    expect(leastImportant(ranking, 2, "perplexity")).toEqual([2, 3]);
    expect(leastImportant(ranking, 0, "influence")).toEqual([]);
  });

  it("keeps a block, and knows no perplexities where none were measured", () => {
    expect(() => leastImportant(ranking, 4, "influence")).toThrow("At least one of the 4 blocks must stay: leave out 3 or fewer.");
    expect(() => leastImportant(ranking, 1.5, "influence")).toThrow("whole number");
    expect(() => leastImportant({ ...ranking, blocks: ranking.blocks.map(({ block, influence }) => ({ block, influence })) }, 1, "perplexity")).toThrow("rank them again");
  });
});
