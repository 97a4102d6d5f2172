import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPartial, placeOutput } from "../../../../src/runtime/compression/outputPlace";

vi.mock("node:fs/promises", { spy: true });

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-place-"));
  output = join(folder, "out.gguf");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe.each(["with links", "without links"])("a whole file, on a file system %s", (kind) => {
  beforeEach(() => {
    if (kind === "without links") vi.mocked(files.link).mockRejectedValue(Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" }));
    writeFileSync(`${output}.partial`, "new");
  });

  it("gets its name", async () => {
    await placeOutput(`${output}.partial`, output);
    expect(readFileSync(output, "utf8")).toBe("new");
    expect(existsSync(`${output}.partial`)).toBe(false);
  });

  it("replaces no file that has got the name meanwhile, nor a link to nowhere", async () => {
    writeFileSync(output, "mine");
    await expect(placeOutput(`${output}.partial`, output)).rejects.toMatchObject({ code: "outputExists" });
    expect(readFileSync(output, "utf8")).toBe("mine");
    rmSync(output);
    symlinkSync(join(folder, "nowhere"), output);
    await expect(placeOutput(`${output}.partial`, output)).rejects.toMatchObject({ code: "outputExists" });
    expect(readFileSync(`${output}.partial`, "utf8")).toBe("new");
  });
});

it("a partial file is told of when it is the run's own, never when another run has it", async () => {
  const told: string[] = [];
  const partial = await createPartial(output, (path) => told.push(path));
  expect(told).toEqual([partial]);
  await expect(createPartial(output, (path) => told.push(path))).rejects.toMatchObject({ code: "outputExists" });
  expect(told).toEqual([partial]);
});
