import { expect, it } from "vitest";
import { layerSentences } from "../../../../src/core/conversion/layerNotes";

it("layers of which the same is said share a sentence", () => {
  const text = "kept as F16, because rows of 100 weights do not divide into blocks of 32.";
  expect(layerSentences([{ layer: "a", text }, { layer: "b", text }])).toEqual([`a and 1 other: ${text}`]);
  expect(layerSentences([{ layer: "a", text }])).toEqual([`a: ${text}`]);
});

it("so do those whose numbers differ, and every layer counts", () => {
  const mixed = (share: string): string => `kept as F16, because ${share} of the blocks of 32 inputs mix groups, and a block has one scale.`;
  const disputed = (count: number): string => `${count} of 64 zeros are stored as 15.`;
  const layers = Array.from({ length: 28 }, (_, index) => [
    { layer: `blk.${index}.attn_q`, text: mixed(index === 3 ? "less than 1 %" : `${90 + (index % 7)} %`) },
    { layer: `blk.${index}.attn_q`, text: disputed(index) },
    { layer: `blk.${index}.attn_k`, text: mixed("90 %") },
  ]).flat();
  expect(layerSentences(layers)).toEqual([
    `blk.0.attn_q and 55 others: ${mixed("90 %")} (Numbers of the first of them.)`,
    `blk.0.attn_q and 27 others: ${disputed(0)} (Numbers of the first of them.)`,
  ]);
});
