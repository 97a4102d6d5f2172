import { readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ModelFolder, tinyLlama } from "./modelFolder";

let folder: ModelFolder;
let cacheFile: string;
beforeEach(async () => {
  folder = await ModelFolder.make();
  cacheFile = folder.path("cache/headers.json");
});
afterEach(() => folder.remove());

interface Kept {
  models: [string, { seen: number; facts: { model: { family: string } } }][];
}
const kept = async (): Promise<Kept> => JSON.parse(await readFile(cacheFile, "utf8")) as Kept;
const paths = async (): Promise<string[]> => (await kept()).models.map(([path]) => path).sort();

it("is used where size and time are the same", async () => {
  const path = await folder.put("a/Tiny-F32.gguf", tinyLlama());
  await folder.library([], ["a"], cacheFile).models();
  const changed = await kept();
  changed.models[0]![1].facts.model.family = "from the cache";
  await writeFile(cacheFile, JSON.stringify(changed));
  expect(await folder.library([], ["a"], cacheFile).models()).toMatchObject([{ path, family: "from the cache" }]);
  await writeFile(path, tinyLlama({}, 9));
  expect(await folder.library([], ["a"], cacheFile).models()).toMatchObject([{ family: "Tiny" }]);
});

it("forgets files that vanished from the folders, and keeps those of other windows for a while", async () => {
  const [a, b] = [await folder.put("a/A-F32.gguf", tinyLlama()), await folder.put("b/B-F32.gguf", tinyLlama())];
  await folder.library([], ["a"], cacheFile).models();
  await folder.library([], ["b"], cacheFile).models();
  expect(await paths()).toEqual([a, b]);
  await rm(a);
  await folder.library([], ["a"], cacheFile).models();
  expect(await paths()).toEqual([b]);
  const old = await kept();
  old.models[0]![1].seen -= 31;
  await writeFile(cacheFile, JSON.stringify(old));
  const c = await folder.put("a/C-F32.gguf", tinyLlama());
  await folder.library([], ["a"], cacheFile).models();
  expect(await paths()).toEqual([c]);
});

it("keeps what another window wrote meanwhile", async () => {
  const [a, b] = [await folder.put("a/A-F32.gguf", tinyLlama()), await folder.put("b/B-F32.gguf", tinyLlama())];
  const [one, other] = [folder.library([], ["a"], cacheFile), folder.library([], ["b"], cacheFile)];
  await one.models();
  await other.models();
  await folder.put("a/A2-F32.gguf", tinyLlama());
  one.refresh();
  await one.models();
  expect(await paths()).toEqual(expect.arrayContaining([a, b]));
});

it("does not keep files with a problem, and is not written when nothing changed", async () => {
  await folder.put("a/A-F32.gguf", tinyLlama());
  await folder.put("a/broken.gguf", "nonsense");
  await folder.library([], ["a"], cacheFile).models();
  expect(await paths()).toEqual([folder.path("a/A-F32.gguf")]);
  await writeFile(cacheFile, `${await readFile(cacheFile, "utf8")}   `);
  await folder.library([], ["a"], cacheFile).models();
  expect(await readFile(cacheFile, "utf8")).toMatch(/ {3}$/);
});

it.each(["", "{", "null", "[]", '{"version":2,"models":7}', '{"version":2,"models":[7,[],["x"],["x",null],["x",{"bytes":1,"modified":1,"seen":1}],[1,{}]]}', '{"version":1,"models":[]}'])(
  "survives %j in its place", async (text) => {
    await folder.put("cache/headers.json", text);
    await folder.put("a/A-F32.gguf", tinyLlama());
    expect(await folder.library([], ["a"], cacheFile).models()).toHaveLength(1);
    expect(await paths()).toEqual([folder.path("a/A-F32.gguf")]);
  },
);
