import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import { ModelTrust, UntrustedModelError } from "../../../src/ui/models/modelTrust";

const file = (path: string, builtIn?: boolean): ModelFile =>
  ({ path, family: "tiny", type: "Q8_0", bytes: 1, parameters: 1, architecture: "llama", contextLength: 512, builtIn });

describe("model files of an untrusted workspace", () => {
  let root = "";
  const place = (...parts: readonly string[]): string => join(root, ...parts);
  const trust = (isTrusted: boolean): ModelTrust => new ModelTrust({ isTrusted: () => isTrusted, folders: () => [place("work")] });

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "decant-trust-"));
    for (const folder of ["work", "work-models", "links"]) await mkdir(place(folder));
    await writeFile(place("work", "a.gguf"), "");
    await writeFile(place("work", "..b.gguf"), "");
    await writeFile(place("work-models", "a.gguf"), "");
    await symlink(place("work", "a.gguf"), place("links", "a.gguf"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("are refused, also by another name", async () => {
    for (const path of [place("work", "a.gguf"), place("work", "..b.gguf"), place("links", "a.gguf")]) {
      await expect(trust(false).require(file(path)), path).rejects.toThrow(UntrustedModelError);
    }
  });
  it("are read once the workspace is trusted", async () => {
    await expect(trust(true).require(file(place("work", "a.gguf")))).resolves.toBeUndefined();
  });
  it("do not stand in the way of other folders or the built-in model", async () => {
    await expect(trust(false).require(file(place("work-models", "a.gguf")))).resolves.toBeUndefined();
    await expect(trust(false).require(file(place("work", "a.gguf"), true))).resolves.toBeUndefined();
  });
});
