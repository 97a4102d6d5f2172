import { describe, expect, test } from "vitest";
import { parseKl, readBudget } from "../../../webview/tradeoffs/budget";

const GiB = 1024 ** 3;

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
    expect(ask("4.5 GB", "")).toEqual({ goal: { kind: "bytes", bytes: 4.5 * GiB } });
    expect(readBudget("6", "", 1024 ** 2, GiB)).toEqual({ goal: { kind: "bytes", bytes: 6 * 1024 ** 2 } });
    expect(ask(" ", "0.02")).toEqual({ goal: { kind: "kl", kl: 0.02 } });
  });
  test("says what is wrong", () => {
    expect(ask("", "")).toEqual({ wrong: "Write how large the file may be, or how much may be lost." });
    expect(ask("4 pounds", "")).toEqual({ wrong: '"4 pounds" is not a size; write it like 4.5 GB or 700 MB.' });
    expect(ask("15", "")).toEqual({ wrong: "The original has 15.00 GiB already; write a smaller size." });
    expect(ask("", "little")).toEqual({ wrong: '"little" is not a KL divergence; write it like 0.02.' });
  });
});
