import { expect, it } from "vitest";
import { rankNote } from "../../../../src/core/adapters/rankNote";

it("a rank is told that makes an adapter larger than its matrices", () => {
  // 8 × 8 has 64 weights; rank 4 has 4 · 16 = 64, rank 5 has 80.
  expect(rankNote([{ rank: 4, columns: 8, rows: 8 }])).toBeUndefined();
  expect(rankNote([{ rank: 5, columns: 8, rows: 8 }, { rank: 5, columns: 8, rows: 24 }])).toMatch(/^Larger than the matrices themselves: 1 of 2 pairs .* at most 4 /);
});
