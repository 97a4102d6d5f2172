import { ResponseError } from "vscode-jsonrpc";
import { describe, expect, it } from "vitest";
import { HumanError, isCancellation, sentenceOf } from "../../../src/protocol/humanError";
import { fromResponseError, toResponseError } from "../../../src/protocol/rpc";

describe("an error that crosses the process border", () => {
  it("keeps the sentence and the code of a HumanError", () => {
    const error = fromResponseError(toResponseError(new HumanError("diskFull", "The disk is full.")));
    expect(error).toBeInstanceOf(HumanError);
    expect(error).toMatchObject({ code: "diskFull", message: "The disk is full." });
  });

  it("stays recognisable as a cancellation", () => {
    expect(isCancellation(fromResponseError(toResponseError(HumanError.cancelled())))).toBe(true);
    expect(isCancellation(new Error("Cancelled."))).toBe(false);
  });

  it("carries the stack of a bug for the log, and does not pose as a HumanError", () => {
    const error = fromResponseError(toResponseError(new TypeError("x is not a function")));
    expect(error).toBeInstanceOf(ResponseError);
    expect(sentenceOf(error)).toContain("humanErrors.test.ts");
  });

  it("survives a value that is no Error", () => {
    expect(sentenceOf(fromResponseError(toResponseError("odd")))).toBe("odd");
  });
});
