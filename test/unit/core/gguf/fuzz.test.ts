import { expect, it } from "vitest";
import { fuzzHeaders } from "./headerFuzz";

/** `npm run fuzz` runs many more of them. */
it("meets 500 hostile headers without a crash, a hang or a memory that grows", () => {
  const { usable, shown, refused, asking } = fuzzHeaders(1, 500);
  expect(usable + shown + refused + asking).toBe(500);
  for (const [kind, cases] of Object.entries({ usable, shown, refused, asking })) expect(cases, kind).toBeGreaterThan(10);
});
