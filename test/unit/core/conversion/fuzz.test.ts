import { describe, expect, it } from "vitest";
import { referenceCheckpoints } from "../../../referenceCheckpoints";
import { fuzzCheckpoint } from "./checkpointFuzz";

/** `npm run nightly` tries many more of them. */
describe("damaged configurations", () => {
  it.each(Object.keys(referenceCheckpoints))("of %s are converted, or refused in a sentence", async (name) => {
    expect(await fuzzCheckpoint(name, 0, 60)).toBeGreaterThan(0);
  });
});
