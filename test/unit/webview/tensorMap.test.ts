import { describe, expect, test } from "vitest";
import type { TensorErrorsTable } from "../../../src/protocol/panels";
import { firstType, heatMap, hurtWords, intensityScale, valueOf, worstTensors } from "../../../webview/tradeoffs/tensorMap";

function tensor(block: number, role: string, cost: number | undefined): TensorErrorsTable["tensors"][number] {
  return { name: block < 0 ? `${role}.weight` : `blk.${block}.${role}.weight`, block, role, bytes: 100, errors: [0.001, cost], costs: [0, cost] };
}
const table: TensorErrorsTable = {
  types: ["Q8_0", "Q4_K"],
  tensors: [tensor(-1, "token_embd", 0.001), tensor(0, "attn_v", 0.002), tensor(0, "ffn_down", 0.006), tensor(2, "attn_v", undefined), tensor(2, "ffn_down", 0.001)],
};

test("blocks across, roles down, the rest outside", () => {
  const { roles, blocks, cells, outside } = heatMap(table);
  expect([roles, blocks]).toEqual([["attn_v", "ffn_down"], [0, 2]]);
  expect(cells.map((row) => row.map((cell) => cell?.name))).toEqual([["blk.0.attn_v.weight", "blk.2.attn_v.weight"], ["blk.0.ffn_down.weight", "blk.2.ffn_down.weight"]]);
  expect(outside.map(({ role }) => role)).toEqual(["token_embd"]);
});

test("a block without a role leaves its cell empty", () => {
  const { cells } = heatMap({ ...table, tensors: [tensor(0, "ffn_down", 1), tensor(1, "ssm_out", 1)] });
  expect(cells.map((row) => row.map((cell) => cell !== undefined))).toEqual([[true, false], [false, true]]);
});

test("the worst come first; what cannot be made is left out", () => {
  expect(worstTensors(table, 1, "cost", 2).map(({ tensor: { name }, value }) => [name, value])).toEqual([["blk.0.ffn_down.weight", 0.006], ["blk.0.attn_v.weight", 0.002]]);
  expect(worstTensors(table, 1, "cost", 10)).toHaveLength(4);
  expect(valueOf(table.tensors[3]!, 1, "error")).toBeUndefined();
});

describe("intensity", () => {
  test("is logarithmic between the least and the most, over one to three decades", () => {
    const scale = intensityScale([0.01, 0.1, 1]);
    expect([0.01, 0.1, 1].map(scale)).toEqual([0, expect.closeTo(0.5), 1]);
    expect(intensityScale([1e-9, 1])(1e-3)).toBeCloseTo(0);
    expect(intensityScale([0.9, 1])(0.9)).toBeCloseTo(1 + Math.log10(0.9));
  });
  test("holds where there is nothing to tell apart", () => {
    expect([intensityScale([])(1), intensityScale([0.5, 0.5])(0.5), intensityScale([0.5, 1])(0)]).toEqual([0, 1, 0]);
  });
});

test("the first type shown is one of 4 bits", () => {
  expect([firstType(["Q8_0", "Q4_0", "Q4_K"]), firstType(["Q8_0", "IQ4_NL"]), firstType(["Q8_0", "Q2_K"]), firstType([])]).toEqual(["Q4_K", "IQ4_NL", "Q2_K", undefined]);
});

test("where it hurts, in words", () => {
  expect(hurtWords(table, 1)).toBe("All tensors in Q4_K are expected to cost 0.0100 nats; half of that comes from 1 of 4. ffn_down costs most with 70 %, then attn_v with 20 %. The most sensitive block is 0 (80 %).");
  expect(hurtWords(table, 0)).toBe("Nothing is expected to be lost.");
});
