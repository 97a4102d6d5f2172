import { describe, expect, test } from "vitest";
import { parseKl, parseSize, readBudget } from "../../../webview/tradeoffs/budget";

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

test.each([
  ["4.5", 4.5 * GiB],
  ["4,5", 4.5 * GiB],
  ["4.5 GB", 4.5e9],
  ["4.5gb", 4.5e9],
  ["4.5 GiB", 4.5 * GiB],
  ["700 MB", 700e6],
  ["700MiB", 700 * MiB],
  [" .5 g ", 0.5 * GiB],
  ["2.", 2 * GiB],
  ["0", undefined],
  ["-4", undefined],
  ["4.5 bananas", undefined],
  ["4.5.1", undefined],
  ["", undefined],
])("a size: %j → %s", (text, bytes) => expect(parseSize(text, GiB)).toBe(bytes));

test("a bare number is in the unit of the model", () => expect(parseSize("6", MiB)).toBe(6 * MiB));

test.each([
  ["0.02", 0.02],
  ["0,02", 0.02],
  [".1", 0.1],
  ["0", undefined],
  ["-1", undefined],
  ["2 %", undefined],
  ["much", undefined],
])("a divergence: %j → %s", (text, kl) => expect(parseKl(text)).toBe(kl));

describe("the question to the solver", () => {
  const ask = (size: string, kl: string): unknown => readBudget(size, kl, GiB, 15 * GiB);
  test("is the field that is filled", () => {
    expect(ask("4.5", "")).toEqual({ goal: { kind: "bytes", bytes: 4.5 * GiB } });
    expect(ask(" ", "0.02")).toEqual({ goal: { kind: "kl", kl: 0.02 } });
  });
  test("says what is wrong", () => {
    expect(ask("", "")).toEqual({ wrong: "Write how large the file may be, or how much may be lost." });
    expect(ask("4 pounds", "")).toEqual({ wrong: '"4 pounds" is not a size; write it like 4.5 GB or 700 MB.' });
    expect(ask("15", "")).toEqual({ wrong: "The original has 15.00 GiB already; write a smaller size." });
    expect(ask("", "little")).toEqual({ wrong: '"little" is not a KL divergence; write it like 0.02.' });
  });
});
