import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HumanError } from "../../../src/protocol/humanError";
import { makeReplacement } from "../../../src/ui/quantize/replacement";

describe("replacing a model file", () => {
  let folder = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "decant-replace-"));
    path = join(folder, "tiny-Q8_0.gguf");
    await writeFile(path, "old");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const release = async (): Promise<void> => undefined;
  /** Writes as the runtime does: never over a file that exists. */
  const write = (output: string): Promise<void> => writeFile(output, "new", { flag: "wx" });

  it("puts the new file in the place of the old one, after letting go of it", async () => {
    const order: string[] = [];
    await makeReplacement({
      path,
      make: async (output) => {
        await write(output);
        order.push("made");
      },
      release: async () => void order.push(`released ${await readFile(path, "utf8")}`),
    });
    expect(order).toEqual(["made", "released old"]);
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["tiny-Q8_0.gguf"]);
  });

  it.each(["cancelled", "runtimeCrashed"] as const)("leaves the old file alone when the job ends with %s after its file was whole", async (code) => {
    const ended = makeReplacement({
      path,
      make: async (output) => {
        await write(output);
        throw new HumanError(code, "The job ended.");
      },
      release,
    });
    await expect(ended).rejects.toMatchObject({ code });
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["tiny-Q8_0.gguf"]);
  });

  it("is not stopped by what a killed editor left", async () => {
    await writeFile(`${path}.replacement`, "left behind");
    await makeReplacement({ path, make: write, release });
    expect(await readFile(path, "utf8")).toBe("new");
  });

  it("says that the old file is as it was when it cannot be replaced", async () => {
    const ended = makeReplacement({ path, make: async () => undefined, release });
    await expect(ended).rejects.toThrow(/^tiny-Q8_0\.gguf could not be replaced .*it is as it was\.$/);
    expect(await readFile(path, "utf8")).toBe("old");
  });
});
