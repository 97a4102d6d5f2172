import { expect, test } from "vitest";
import { sizeChange } from "../../../../src/core/recipes/sizeChange";

test("a size beside the one before, in percent", () => {
  expect([sizeChange(1000, 800), sizeChange(1000, 1250), sizeChange(1000, 1001)]).toEqual(["20 % smaller", "25 % larger", "as large as before"]);
});
