import { mkdir, symlink } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ModelFolder, tinyLlama } from "./modelFolder";

let folder: ModelFolder;
beforeEach(async () => {
  folder = await ModelFolder.make();
  await folder.put("outside/Far-F32.gguf", tinyLlama());
});
afterEach(() => folder.remove());

it.each([
  ["huggingFace", ".cache/huggingface/hub/models--a--b/snapshots/1"], ["llamaCpp", ".cache/llama.cpp"], ["llamaCpp", ".cache/llama.cpp/models--a--b/snapshots/1"], ["lmStudio", ".lmstudio/models/a/b"],
] as const)("links that leave the store of %s (%s) are passed over and logged", async (source, place) => {
  await folder.put(`${place}/Near-F32.gguf`, tinyLlama({}, 9));
  await folder.link(`${place}/Far-F32.gguf`, folder.path("outside/Far-F32.gguf"));
  await folder.link(`${place}/far`, folder.path("outside"));
  expect((await folder.library([source]).files()).map(({ path }) => path)).toEqual([folder.path(`${place}/Near-F32.gguf`)]);
  expect(folder.log.join("\n")).toContain(folder.path(`${place}/Far-F32.gguf`));
  expect(folder.log.join("\n")).toMatch(/2 links lead out/);
});

it("a repository of a hub's cache that is a link out of it is passed over", async () => {
  await folder.put("elsewhere/snapshots/1/Far-F32.gguf", tinyLlama());
  await folder.link(".cache/huggingface/hub/models--a--b", folder.path("elsewhere"));
  expect(await folder.library(["huggingFace"]).files()).toEqual([]);
  expect(folder.log.join("\n")).toMatch(/leads? out/);
});

it("blobs of Ollama that are links out of its blobs are passed over and logged; its blobs may be a link themselves", async () => {
  const near = await folder.blob(tinyLlama({}, 9));
  await folder.manifest("registry.ollama.ai/library/near/1", [["model", near]]);
  const digest = "a".repeat(64);
  await folder.link(`.ollama/models/blobs/sha256-${digest}`, folder.path("outside/Far-F32.gguf"));
  await folder.manifest("registry.ollama.ai/library/far/1", [["model", { digest: `sha256:${digest}`, size: tinyLlama().length }]]);
  const library = folder.library(["ollama"]);
  expect((await library.files()).map(({ name }) => name)).toEqual(["near:1"]);
  expect(folder.log.join("\n")).toContain("far:1");
});

it("a workspace's links to files are followed, those to folders only inside of it; a person's folder's links to folders are followed", async () => {
  const near = await folder.put("mine/inner/deep/Near-F32.gguf", tinyLlama({}, 9));
  await folder.link("mine/Far-F32.gguf", folder.path("outside/Far-F32.gguf"));
  await folder.put("others/Other-F32.gguf", tinyLlama({}, 10));
  await folder.link("mine/far", folder.path("others"));
  await folder.link("mine/.near", folder.path("mine/inner/deep"));
  const found = async (workspace: readonly string[]): Promise<readonly string[]> => (await folder.library([], ["mine"], undefined, workspace).files()).map(({ path }) => path.slice(folder.path("mine/").length));
  expect(await found([])).toEqual(["Far-F32.gguf", "far/Other-F32.gguf", near.slice(folder.path("mine/").length)]);
  expect(await found(["mine"])).toEqual(["Far-F32.gguf", near.slice(folder.path("mine/").length)]);
  expect(folder.log.join("\n")).toContain(folder.path("mine/far"));
});

it("a place that is a link itself is looked into", async () => {
  await mkdir(folder.path(".cache"));
  await folder.put("disk/models--a--b/snapshots/1/Near-F32.gguf", tinyLlama());
  await mkdir(folder.path(".cache/huggingface"));
  await symlink(folder.path("disk"), folder.path(".cache/huggingface/hub"));
  await folder.link("workspace", folder.path("outside"));
  expect(await folder.library(["huggingFace"], ["workspace"], undefined, ["workspace"]).files()).toHaveLength(2);
});
