import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Invocation, Services } from "../../../src/cli/command";
import { spot } from "../../../src/cli/spot";
import type { ModelFile } from "../../../src/protocol/model";
import { CancellationTokenSource } from "../../../src/protocol/rpc";
import { DocumentAnalysis } from "../../../src/services/analysis/documentAnalysis";
import { FakeRuntime, ModelFolder } from "../services/analysis/fakeRuntime";

const contract = "SUPPLY AGREEMENT. The Supplier shall keep insurance.\n\nThis agreement is governed by the laws of New York.\n";
let folder: ModelFolder;
let runtime: FakeRuntime;
let models: Map<string, ModelFile>;
let results: string[];

beforeEach(async () => {
  folder = await ModelFolder.make();
  runtime = new FakeRuntime();
  models = new Map((await Promise.all([folder.model("one", 7e9), folder.model("other", 7e9)])).map((model) => [model.path, model]));
  results = [];
  for (const name of ["a.md", "b.md"]) writeFileSync(join(folder.path, name), contract);
});
afterEach(() => folder.remove());

async function run(names: readonly string[], options: Invocation["options"], json: boolean): Promise<void> {
  const [model] = models.keys();
  const analysis = { threads: () => 1, contextSize: () => 4096 };
  const services = {
    runtime: runtime.port,
    analysis: new DocumentAnalysis(runtime.port, analysis),
    analysisWith: (own) => new DocumentAnalysis(runtime.port, { ...analysis, ownCategories: async () => own }),
    library: () => ({ describe: async (path: string) => models.get(path)! }),
  } as Partial<Record<keyof Services, unknown>> & Pick<Services, "analysisWith">;
  await spot.run({
    positionals: names.map((name) => join(folder.path, name)), options: { model, ...options }, json, token: new CancellationTokenSource().token,
    services: services as unknown as Services, output: { result: (text) => results.push(text), progress: () => undefined, line: () => undefined, live: false },
  });
}

describe("spot --against", () => {
  it("asks both models about the own categories", async () => {
    const categories = join(folder.path, "categories.json");
    writeFileSync(categories, JSON.stringify({ categories: [{ name: "Pets", description: "Dogs." }] }));
    await run(["a.md"], { against: [...models.keys()][1], categories }, false);
    expect(runtime.spots.map(({ own, model }) => [own?.[0]?.name, model])).toEqual([...models.keys()].map((path) => ["Pets", path]));
  });

  it("writes one line of JSON for each document", async () => {
    await run(["a.md", "b.md"], { against: [...models.keys()][1] }, true);
    const lines = results.join("\n").split("\n").map((line) => JSON.parse(line) as { file: string; rows: unknown[] });
    expect(lines.map(({ file }) => file)).toEqual(["a.md", "b.md"].map((name) => join(folder.path, name)));
    expect(lines.map(({ rows }) => rows.length)).toEqual([2, 2]);
  });
});

describe("spot --categories", () => {
  it("fails with a sentence when there is no such file, or it cannot be read", async () => {
    await expect(run(["a.md"], { categories: join(folder.path, "none.json") }, false)).rejects.toThrow("There is no file");
    writeFileSync(join(folder.path, "bad.json"), "{}");
    await expect(run(["a.md"], { categories: join(folder.path, "bad.json") }, false)).rejects.toThrow("must look like");
    expect(results).toEqual([]);
  });
});
