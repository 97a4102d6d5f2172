import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HumanError } from "../../../../src/protocol/humanError";
import { checkBothFit } from "../../../../src/runtime/evaluation/heatMemory";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-memory-"));
  for (const name of ["a.gguf", "b.gguf"]) writeFileSync(join(folder, name), Buffer.alloc(1000));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the memory of a heat map", () => {
  const check = (free: number) => () => checkBothFit(join(folder, "a.gguf"), join(folder, "b.gguf"), free);
  it("must hold both models at once", () => {
    expect(check(2000)).not.toThrow();
    expect(check(1999)).toThrow(HumanError);
    expect(check(1999)).toThrow(/^a\.gguf and b\.gguf need 0\.0 GiB of memory together, but 0\.0 GiB are free\. Unload/);
  });
  it("is enough for a file that is not there: its reader says so", () => expect(() => checkBothFit(join(folder, "none.gguf"), join(folder, "a.gguf"), 1000)).not.toThrow());
});
