import { describe, expect, test } from "vitest";
import { ranges } from "../../../../src/core/recipes/limits";
import { readBlocks, readNumber, ruleOf, showBlocks, showNumber } from "../../../../webview/lab/fieldValues";

describe("a number in a field", () => {
  const rank = { least: 1, most: 8, whole: true };
  test("is read with a point or a comma, and by its range", () => {
    expect([readNumber(" 4 ", rank), readNumber("0,5", {}), readNumber("1e-3", { above: true, least: 0 })]).toEqual([{ value: 4 }, { value: 0.5 }, { value: 0.001 }]);
    expect(readNumber("9", rank)).toEqual({ problem: "Must be a whole number from 1 to 8." });
    expect(readNumber("2.5", rank)).toEqual({ problem: "Must be a whole number from 1 to 8." });
    expect(readNumber("0", { above: true, least: 0 })).toEqual({ problem: "Must be a number above 0." });
    expect(readNumber("0", { above: true, least: 0, most: 1 })).toEqual({ problem: "Must be a number above 0 and at most 1." });
    expect(readNumber("-1", { least: 0 })).toEqual({ problem: "Must be a number of at least 0." });
  });
  test.each(["x", "1x", "--1", "Infinity", "NaN", "0x10", "1e999", "1 000"])("%s is none", (text) => expect(readNumber(text, {}).problem).toBeDefined());
  test("may be left empty only where that means something", () => {
    expect([readNumber("", { ...rank, optional: true }), readNumber(" ", rank)]).toEqual([{ value: undefined }, { problem: "Write a whole number from 1 to 8." }]);
  });
  test("has the limits of recipe files", () => {
    expect(readNumber("20000", ruleOf(ranges.alpha))).toEqual({ problem: "Must be a number above 0 and at most 10000." });
    expect([readNumber("0", ruleOf(ranges.scale)), readNumber("-1", ruleOf(ranges.scale))]).toEqual([{ problem: "Must be a number from -100 to 100 but 0." }, { value: -1 }]);
    expect(readNumber("1025", ruleOf(ranges.rank))).toEqual({ problem: "Must be a whole number from 1 to 1024." });
    expect(readBlocks("512", undefined)).toEqual({ problem: "There is no block 512." });
  });
  test("a share is written in percent", () => {
    const share = { least: 0, most: 0.9, scale: 100 };
    expect([readNumber("70", share), readNumber("7 %", share), readNumber("95", share)]).toEqual([{ value: 0.7 }, { value: 0.07 }, { problem: "Must be a number from 0 to 90." }]);
    expect([showNumber(0.07, share), showNumber(undefined, share), showNumber(0.1 + 0.2, {})]).toEqual(["7", "", "0.3"]);
  });
});

describe("blocks in a field", () => {
  test("are numbers and ranges, told once and in order", () => {
    expect(readBlocks("7, 2-4;3  0", 9)).toEqual({ value: [0, 2, 3, 4, 7] });
    expect(readBlocks("5–6", undefined)).toEqual({ value: [5, 6] });
  });
  test("must be the model's, and leave one", () => {
    expect(readBlocks("8", 8)).toEqual({ problem: "The model's blocks go from 0 to 7." });
    expect(readBlocks("0-7", 8)).toEqual({ problem: "At least one block must stay." });
    expect(readBlocks("", 8)).toEqual({ problem: "Write at least one block number." });
    expect([readBlocks("a", 8), readBlocks("4-2", 8), readBlocks("-1", 8)].map(({ problem }) => problem)).toEqual(Array.from({ length: 3 }, () => "Write block numbers, e.g. 2, 5–7."));
  });
  test("a huge range is refused before it is counted out", () => expect(readBlocks("0-999999999999", undefined)).toEqual({ problem: "There is no block 999999999999." }));
  test("neighbours are shown as a range from three on", () => expect([showBlocks([4, 2, 3, 7, 8]), showBlocks([])]).toEqual(["2–4, 7, 8", ""]));
});
