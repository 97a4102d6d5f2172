import { link, mkdir, rm, stat, symlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelFile } from "../../../../src/protocol/model";
import { readOllamaStore } from "../../../../src/services/ollama/ollamaStore";
import { ModelFolder, tinyAdapter, tinyLlama } from "./modelFolder";

let folder: ModelFolder;
beforeEach(async () => {
  folder = await ModelFolder.make();
});
afterEach(() => folder.remove());

const bytesOf = async (...paths: string[]): Promise<number> => (await Promise.all(paths.map(async (path) => (await stat(path)).size))).reduce((a, b) => a + b, 0);

describe("deleting a file", () => {
  it("frees what it has; a link frees nothing, nor does one of two hard links", async () => {
    const path = await folder.put("mine/Tiny-F32.gguf", tinyLlama());
    const library = folder.library([], ["mine"]);
    expect(await library.deletion(await library.describe(path))).toEqual({ files: [path], bytes: await bytesOf(path) });
    const linked = await folder.link("mine/linked.gguf", path);
    expect(await library.deletion(await library.describe(linked))).toMatchObject({ files: [linked], bytes: 0, keeps: `The file itself stays at ${path}: this is a link to it.` });
    await link(path, folder.path("mine/hard.gguf"));
    expect(await library.deletion(await library.describe(path))).toMatchObject({ files: [path], bytes: 0, keeps: expect.stringContaining("hard link") });
  });
});

describe("deleting from a hub's cache", () => {
  const repository = ".cache/huggingface/hub/models--owner--name";

  it("removes the links of all revisions and the blob", async () => {
    const blob = await folder.put(`${repository}/blobs/aa`, tinyLlama());
    const links = [await folder.link(`${repository}/snapshots/1/x-F32.gguf`, blob), await folder.link(`${repository}/snapshots/2/x-F32.gguf`, blob)];
    const library = folder.library(["huggingFace"]);
    const [model] = await library.models();
    expect(await library.deletion(model!)).toEqual({ files: [...links, blob], bytes: await bytesOf(blob) });
  });

  it("leaves what a link outside of the repository stands for", async () => {
    const elsewhere = await folder.put(`${repository}-2/blobs/precious`, tinyLlama());
    const linked = await folder.link(`${repository}/snapshots/1/x-F32.gguf`, elsewhere);
    const library = folder.library(["huggingFace"]);
    expect(await library.deletion((await library.models())[0]!)).toMatchObject({ files: [linked], bytes: 0, keeps: expect.stringContaining(elsewhere) });
  });
});

describe("deleting from Ollama's store", () => {
  it("frees the blobs that no other manifest uses", async () => {
    const [weights, other, shared] = [await folder.blob(tinyLlama()), await folder.blob(tinyLlama({}, 9)), await folder.blob("template")];
    const manifest = await folder.manifest("registry.ollama.ai/library/a/latest", [["model", weights], ["template", shared]]);
    await folder.manifest("registry.ollama.ai/library/b/latest", [["model", other], ["template", shared]]);
    const library = folder.library(["ollama"]);
    const model = (await library.models()).find(({ name }) => name === "a:latest")!;
    expect(await library.deletion(model)).toEqual({ files: [manifest, weights.path], bytes: await bytesOf(manifest, weights.path) });
  });

  it("of two tags that share a blob, one frees nothing and both free it; the tags are told as dependents", async () => {
    const weights = await folder.blob(tinyLlama());
    const [one, two] = [await folder.manifest("registry.ollama.ai/library/a/1", [["model", weights]]), await folder.manifest("registry.ollama.ai/library/a/2", [["model", weights]])];
    const library = folder.library(["ollama"]);
    const [model] = await library.models();
    const tags = await library.dependents(model!);
    expect(tags.map(({ name }) => name)).toEqual(["a:1", "a:2"]);
    expect(await library.deletion(tags[0]!)).toEqual({ files: [one], bytes: await bytesOf(one), keeps: "The weights stay: a:2 uses them too." });
    expect(await library.deletion(model!)).toEqual({ files: [one, two, weights.path], bytes: await bytesOf(one, two, weights.path) });
  });

  it("keeps the blobs while a manifest cannot be read", async () => {
    const weights = await folder.blob(tinyLlama());
    const manifest = await folder.manifest("registry.ollama.ai/library/a/1", [["model", weights]]);
    await folder.put(".ollama/models/manifests/registry.ollama.ai/library/b/1", "{");
    const library = folder.library(["ollama"]);
    expect(await library.deletion((await library.models()).find(({ problem }) => !problem)!)).toMatchObject({ files: [manifest], keeps: expect.stringContaining("one manifest of Ollama's store cannot be read") });
  });

  it("keeps the blobs while a folder of manifests cannot be read, or leads out of the store", async () => {
    const weights = await folder.blob(tinyLlama());
    const manifest = await folder.manifest("registry.ollama.ai/library/a/1", [["model", weights]]);
    const odd = folder.path(".ollama/models/manifests/registry.ollama.ai/other");
    const library = folder.library(["ollama"]);
    const model = (await library.models())[0]!;
    const stays = { files: [manifest], keeps: expect.stringContaining("may use them") };
    await symlink(odd, odd);
    expect(await library.deletion(model)).toMatchObject(stays);
    await rm(odd);
    await mkdir(folder.path("elsewhere"));
    await symlink(folder.path("elsewhere"), odd);
    expect(await library.deletion(model)).toMatchObject(stays);
    expect(folder.log.join("\n")).toContain(odd);
    await rm(odd);
    expect((await library.deletion(model)).files).toEqual([manifest, weights.path]);
  });

  it("knows when a store has more tags than are read", async () => {
    for (const tag of ["1", "2"]) await folder.manifest(`registry.ollama.ai/library/a/${tag}`, []);
    const read = async (most: number) => readOllamaStore(folder.path(".ollama/models"), { info: () => {}, error: () => {} }, most);
    expect(await read(1)).toMatchObject({ tags: [{ name: "a:1" }], incomplete: expect.stringContaining("more than 1 tags") as string });
    expect((await read(2)).incomplete).toBeUndefined();
  });

  it("removes the manifest of weights that are gone", async () => {
    const weights = await folder.blob(tinyLlama());
    const manifest = await folder.manifest("registry.ollama.ai/library/a/1", [["model", weights]]);
    await rm(weights.path);
    const library = folder.library(["ollama"]);
    const alone = { files: [manifest], bytes: await bytesOf(manifest) };
    expect(await library.deletion((await library.models())[0]!)).toEqual(alone);
    await folder.put(".ollama/models/manifests/registry.ollama.ai/library/b/1", "{");
    expect(await library.deletion((await library.models())[0]!)).toEqual(alone);
  });
});

describe("what depends on a model", () => {
  const names = (models: readonly ModelFile[]): string[] => models.map(({ path }) => path.slice(folder.path("mine/").length));

  it("is what was made from it, and adapters that only it has", async () => {
    const original = await folder.put("mine/Tiny-F32.gguf", tinyLlama());
    await folder.put("mine/Tiny-Q8_0.gguf", tinyLlama({ "general.file_type": 7, "decant.step": "quantize Q8_0", "decant.parent": "Tiny-F32.gguf" }));
    await folder.put("mine/Other-F32.gguf", tinyLlama());
    await folder.put("mine/tiny-lora.gguf", tinyAdapter());
    const library = folder.library([], ["mine"]);
    expect(names(await library.dependents(await library.describe(original)))).toEqual(["Tiny-Q8_0.gguf"]);
    await rm(folder.path("mine/Tiny-Q8_0.gguf"));
    library.refresh();
    await library.files();
    expect(names(await library.dependents(await library.describe(original)))).toEqual(["tiny-lora.gguf"]);
  });
});
