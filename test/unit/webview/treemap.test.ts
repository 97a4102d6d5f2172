import { describe, expect, test } from "vitest";
import type { TensorRow } from "../../../src/protocol/modelPanels";
import { bitClass, bitLegend } from "../../../webview/inspector/bitClasses";
import { mostTiles, tilesOf } from "../../../webview/inspector/tiles";
import { type Box, neighbour, stripTreemap } from "../../../webview/inspector/treemap";

const square: Box = { x: 0, y: 0, width: 100, height: 100 };

function tensor(name: string, bytes: number, bitsPerWeight = 8): TensorRow {
  const [, block = "", role = ""] = /^blk\.(\d+)\.(\w+)/.exec(name) ?? [];
  return { name, type: "Q8_0", shape: [bytes], bytes, bitsPerWeight, block: block === "" ? -1 : Number(block), role };
}

describe("a treemap in strips", () => {
  test("four equal areas are two strips of two squares", () => {
    expect(stripTreemap([1, 1, 1, 1], square)).toEqual([
      { x: 0, y: 0, width: 50, height: 50 },
      { x: 50, y: 0, width: 50, height: 50 },
      { x: 0, y: 50, width: 50, height: 50 },
      { x: 50, y: 50, width: 50, height: 50 },
    ]);
  });
  test("areas are as the weights and fill the box in order", () => {
    const boxes = stripTreemap([5, 1, 3, 2, 2, 7], { x: 10, y: 20, width: 60, height: 40 });
    expect(boxes.map(({ width, height }) => width * height)).toEqual([600, 120, 360, 240, 240, 840].map((area) => expect.closeTo(area, 6)));
    for (const { x, y, width, height } of boxes) {
      expect(x).toBeGreaterThanOrEqual(10 - 1e-9);
      expect(x + width).toBeLessThanOrEqual(70 + 1e-9);
      expect(y + height).toBeLessThanOrEqual(60 + 1e-9);
    }
    expect(boxes.map(({ y }) => y)).toEqual(boxes.map(({ y }) => y).sort((a, b) => a - b));
  });
  test("a small last area joins the strip before it instead of a sliver of its own", () => {
    const boxes = stripTreemap([10, 10, 10, 10, 0.5], square);
    expect(boxes[4]?.y).toBe(boxes[3]?.y);
  });
  test("what has no weight has no area; nothing is no problem", () => {
    expect(stripTreemap([2, 0, -1, Number.NaN, 2], square).map(({ width, height }) => width * height)).toEqual([5000, 0, 0, 0, 5000]);
    expect(stripTreemap([0, 0], square).map(({ width }) => width)).toEqual([0, 0]);
    expect(stripTreemap([], square)).toEqual([]);
    expect(stripTreemap([1, 2], { ...square, width: 0 }).every(({ width }) => width === 0)).toBe(true);
  });
});

test("the arrow keys lead to what lies beside", () => {
  const boxes = stripTreemap([1, 1, 1, 1], square);
  expect((["right", "down", "left", "up"] as const).map((direction) => neighbour(boxes, 0, direction))).toEqual([1, 2, undefined, undefined]);
  expect((["right", "down", "left", "up"] as const).map((direction) => neighbour(boxes, 3, direction))).toEqual([undefined, undefined, 2, 1]);
  const tall: Box[] = [{ x: 0, y: 0, width: 10, height: 100 }, { x: 10, y: 0, width: 10, height: 10 }, { x: 10, y: 45, width: 10, height: 10 }];
  expect(neighbour(tall, 0, "right")).toBe(2);
  expect(neighbour(tall, 9, "right")).toBeUndefined();
});

describe("tiles", () => {
  const model = [tensor("blk.1.ffn_up.weight", 300), tensor("output.weight", 400), tensor("blk.0.attn_q.weight", 100), tensor("blk.0.ffn_up.weight", 200)];
  test("stand by block, what is outside first, the largest first within", () => {
    const blocks = tilesOf(model, 400, 300);
    expect(blocks.map(({ group, named, tiles }) => [group.block, named, tiles.map(({ tensor: { name } }) => name)])).toEqual([
      [-1, true, ["output.weight"]],
      [0, true, ["blk.0.ffn_up.weight", "blk.0.attn_q.weight"]],
      [1, true, ["blk.1.ffn_up.weight"]],
    ]);
  });
  test("what cannot be seen is left out", () => {
    const [block] = tilesOf([tensor("output.weight", 1e9), tensor("output_norm.weight", 10)], 200, 100);
    expect(block?.tiles.map(({ tensor: { name } }) => name)).toEqual(["output.weight"]);
    expect(tilesOf(model, 0, 0).flatMap(({ tiles }) => tiles)).toEqual([]);
  });
  test("are bounded, the largest kept", () => {
    const many = Array.from({ length: mostTiles + 500 }, (_, index) => tensor(`t${index}`, index < 500 ? 100 : 101));
    expect(tilesOf(many, 4000, 4000).flatMap(({ tiles }) => tiles)).toHaveLength(mostTiles);
  });
});

test.each([
  [1.5625, "1"], [2.0625, "2"], [2.625, "2"], [3.4375, "3"], [4.25, "4"], [4.5, "4"], [5.5, "5"], [6.5625, "6"], [8.5, "8"], [16, "16"], [32, "32"], [64, "32"],
])("%d bits per weight are of the scheme with %s", (bits, expected) => expect(bitClass(bits).bits).toBe(expected));

test("the legend has what is there, the fewest bits first, with its share", () => {
  expect(bitLegend([tensor("a", 300, 16), tensor("b", 100, 4.5), tensor("c", 100, 4.25)])).toEqual([
    { bits: "4", tone: 3 / 8, share: 0.4 },
    { bits: "16", tone: 7 / 8, share: 0.6 },
  ]);
  expect([bitLegend([]), bitLegend([tensor("empty", 0, Number.NaN)])]).toEqual([[], []]);
});
