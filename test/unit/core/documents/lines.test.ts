import { describe, expect, it } from "vitest";
import { lineAt, lineStarts } from "../../../../src/core/documents/lines";

describe("lines", () => {
  it("counts all three line ends", () => {
    const starts = lineStarts("a\nb\r\nc\rd");
    expect(starts).toEqual([0, 2, 5, 7]);
    expect([0, 1, 2, 4, 5, 6, 7, 99].map((offset) => lineAt(starts, offset))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });
});
