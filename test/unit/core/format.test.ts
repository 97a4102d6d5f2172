import { describe, expect, it } from "vitest";
import { formatBytes, parseBytes } from "../../../src/core/format";

describe("sizes", () => {
  it("are read with and without units, of 1024", () => {
    expect(parseBytes("4.5 GB")).toBe(4.5 * 1024 ** 3);
    expect(parseBytes("4,5")).toBe(4.5 * 1024 ** 3);
    expect(parseBytes("3000000")).toBe(3_000_000);
    expect(parseBytes("700M")).toBe(700 * 1024 ** 2);
    expect(parseBytes(" 12 KiB ")).toBe(12 * 1024);
    expect(parseBytes(".5 g")).toBe(1024 ** 3 / 2);
    expect(parseBytes("2.")).toBe(2 * 1024 ** 3);
    expect(parseBytes("6", 1024 ** 2)).toBe(6 * 1024 ** 2);
    expect(parseBytes("6 GiB", 1024 ** 2)).toBe(6 * 1024 ** 3);
    for (const nonsense of ["", ".", "4.5.1", "4 bananas", "-1", "0", "four", "4.5 G B", "1e9", "4 PB"]) expect(parseBytes(nonsense)).toBeUndefined();
  });
  it("are shown in the unit that suits them", () => {
    expect(formatBytes(4.5 * 1024 ** 3)).toBe("4.50 GiB");
    expect(formatBytes(700 * 1024 ** 2)).toBe("700.0 MiB");
    expect(formatBytes(12 * 1024)).toBe("12.0 KiB");
  });
});
