import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGgufFile } from "../../../../src/services/ggufFile";
import { ModelLibrary } from "../../../../src/services/models/modelLibrary";
import { ggufBytes } from "../../ggufBytes";

const log = { info: () => {}, error: () => {} };
const good = ggufBytes({ "general.architecture": "llama", "general.file_type": 0, "llama.context_length": 256 }, [{ name: "token_embd.weight", shape: [256, 8] }, { name: "norm", shape: [256] }]);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-test-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe("reading a GGUF header", () => {
  it("gives metadata and tensors", async () => {
    const { header, bytes } = await readGgufFile(await put("a.gguf", good));
    expect(bytes).toBe(good.length);
    expect(header.metadata["general.architecture"]).toBe("llama");
    expect(header.tensors.map(({ name, bytes }) => [name, bytes])).toEqual([["token_embd.weight", 8192], ["norm", 1024]]);
  });

  it("refuses a file cut at any point, with a sentence", async () => {
    for (let length = 0; length < good.length; length += length < 400 ? 5 : 1501) {
      const path = await put("cut.gguf", good.subarray(0, length));
      await expect(readGgufFile(path), `cut at ${length}`).rejects.toMatchObject({ name: "HumanError" });
    }
  });

  it("refuses a claim of 2^60 tensors or entries at once", async () => {
    const tensors = await put("tensors.gguf", ggufBytes({}, [], { tensors: 2n ** 60n }));
    await expect(readGgufFile(tensors)).rejects.toThrow(/damaged header/);
    const entries = await put("entries.gguf", ggufBytes({}, [], { entries: 2n ** 60n }));
    await expect(readGgufFile(entries)).rejects.toThrow(/damaged header/);
  });

  it("refuses what is not GGUF, not there, empty or a folder", async () => {
    await expect(readGgufFile(await put("text.gguf", Buffer.from("hello, I am a text file of some length")))).rejects.toThrow("text.gguf is not a GGUF file.");
    await expect(readGgufFile(await put("empty.gguf", Buffer.alloc(0)))).rejects.toThrow("empty.gguf is empty.");
    await expect(readGgufFile(join(folder, "none.gguf"))).rejects.toMatchObject({ code: "notFound" });
    await expect(readGgufFile(folder)).rejects.toMatchObject({ code: "notReadable" });
  });
});

describe("model library", () => {
  const library = (cacheFile?: string) => new ModelLibrary({ folders: () => [folder], log, cacheFile });

  it("lists nothing of what an unfinished training keeps", async () => {
    await put("Tiny-F32.gguf", good);
    for (const name of ["Tiny-adapter.gguf.training", "Tiny-adapter.gguf.training.0a1b"]) {
      await mkdir(join(folder, name));
      await put(join(name, "values-3.gguf"), good);
    }
    expect((await library().files()).map(({ path }) => path)).toEqual([join(folder, "Tiny-F32.gguf")]);
  });

  it("groups levels of one base, and lists a file that cannot be read with its problem", async () => {
    await put("Tiny-F32.gguf", good);
    await put("Tiny-Q8_0.gguf", good);
    await put("broken.gguf", Buffer.from("nonsense"));
    const families = await library().families();
    expect(families.map(({ name, files }) => [name, files.length])).toEqual([["Tiny", 2], ["broken", 1]]);
    expect(families[1]?.files[0]).toMatchObject({ type: "unknown", problem: "broken.gguf is not a GGUF file." });
    expect(families[0]?.files[0]).toMatchObject({ type: "F32", parameters: 2304, contextLength: 256 });
  });

  it("finds the original of a level by family and number of weights", async () => {
    const level = ggufBytes({ "general.architecture": "llama", "general.file_type": 7 }, [{ name: "token_embd.weight", shape: [256, 8] }, { name: "norm", shape: [256] }]);
    const stranger = ggufBytes({ "general.architecture": "llama", "general.file_type": 7 }, [{ name: "token_embd.weight", shape: [256, 12] }]);
    const original = await put("Tiny-F32.gguf", good);
    const models = library();
    const found = async (name: string, bytes: Buffer): Promise<string> => (await models.originalOf(await models.describe(await put(name, bytes)))).path;
    expect(await found("Tiny-Q8_0.gguf", level)).toBe(original);
    expect(await found("Tiny-INT8.gguf", stranger)).toBe(join(folder, "Tiny-INT8.gguf"));
    expect(await found("Tiny-F32.gguf", good)).toBe(original);
  });

  it("survives loops of links and unreadable folders", async () => {
    await mkdir(join(folder, "inner", "secret"), { recursive: true });
    await put("inner/Tiny-F32.gguf", good);
    await symlink(folder, join(folder, "inner", "loop"));
    await symlink(join(folder, "nowhere"), join(folder, "dangling.gguf"));
    await chmod(join(folder, "inner", "secret"), 0);
    expect(await library().models()).toHaveLength(1);
  });

  it("keeps headers by path, size and time", async () => {
    const path = await put("Tiny-F32.gguf", good);
    const cacheFile = join(folder, "cache.json");
    await library(cacheFile).models();
    const damaged = Buffer.from(good);
    damaged.write("XXXX");
    const time = new Date(2020, 1, 1);
    await utimes(path, time, time);
    await library(cacheFile).models();
    await writeFile(path, damaged);
    await utimes(path, time, time);
    expect((await library(cacheFile).models())[0]?.problem).toBeUndefined();
    await utimes(path, new Date(), new Date());
    expect((await library(cacheFile).models())[0]?.problem).toMatch(/not a GGUF/);
  });

  it("reads a damaged cache as no cache", async () => {
    await put("Tiny-F32.gguf", good);
    const cacheFile = await put("cache.json", Buffer.from("{"));
    expect(await library(cacheFile).models()).toHaveLength(1);
  });
});
