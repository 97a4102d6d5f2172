import { chmod, mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelsAmong } from "../../../../src/core/models/library";
import { ModelFolder, tinyAdapter, tinyLlama, tinyProjector } from "./modelFolder";

let folder: ModelFolder;
beforeEach(async () => {
  folder = await ModelFolder.make();
});
afterEach(() => folder.remove());

describe("the Hugging Face cache", () => {
  const [first, second] = ["1".repeat(40), "2".repeat(40)];
  const repository = ".cache/huggingface/hub/models--owner--Some-Model-GGUF";

  it("shows what two revisions share once, under the repository's name", async () => {
    const blob = await folder.put(`${repository}/blobs/aa`, tinyLlama());
    await folder.link(`${repository}/snapshots/${first}/Some-Model-F32.gguf`, blob);
    const main = await folder.link(`${repository}/snapshots/${second}/Some-Model-F32.gguf`, blob);
    await folder.put(`${repository}/refs/main`, `${second}\n`);
    expect(await folder.library(["huggingFace"]).files()).toMatchObject([{ path: main, name: "owner/Some-Model-GGUF", source: "huggingFace", family: "Some-Model", type: "F32" }]);
  });

  it("tells an older revision of a file apart, and says when the content is not there", async () => {
    await folder.link(`${repository}/snapshots/${second}/a-F32.gguf`, await folder.put(`${repository}/blobs/aa`, tinyLlama({}, 8)));
    await folder.link(`${repository}/snapshots/${first}/a-F32.gguf`, await folder.put(`${repository}/blobs/bb`, tinyLlama({}, 12)));
    await folder.link(`${repository}/snapshots/${second}/b.gguf`, folder.path(`${repository}/blobs/nothing`));
    await folder.put(`${repository}/refs/main`, second);
    const files = await folder.library(["huggingFace"]).files();
    expect(files.map(({ name, problem }) => [name, problem?.slice(0, 34)])).toEqual([
      ["owner/Some-Model-GGUF", undefined], ["owner/Some-Model-GGUF", "Its content is not in the cache: t"], ["owner/Some-Model-GGUF@1111111", undefined],
    ]);
  });

  it("finds nothing in other kinds of repositories, and survives loops and nonsense in refs", async () => {
    await folder.put(".cache/huggingface/hub/datasets--owner--data/snapshots/a/x.gguf", tinyLlama());
    await folder.put(`${repository}/snapshots/${first}/x-F32.gguf`, tinyLlama());
    await symlink("..", folder.path(`${repository}/snapshots/loop`));
    await folder.put(`${repository}/refs/main`, "../../../../etc");
    expect(await folder.library(["huggingFace"]).files()).toHaveLength(1);
  });
});

describe("families", () => {
  it("hold what was made from one of theirs, whatever it is called", async () => {
    await folder.put("mine/Tiny-F32.gguf", tinyLlama());
    await folder.put("mine/Tiny-pruned-F32.gguf", tinyLlama({ "decant.step": "prune 1 block", "decant.parent": "Tiny-F32.gguf" }, 9));
    await folder.put("mine/small-Q8_0.gguf", tinyLlama({ "decant.step": "quantize Q8_0", "decant.history": "prune 1 block", "decant.parent": "Tiny-pruned-F32.gguf" }, 10));
    await folder.put("mine/Other-F32.gguf", tinyLlama({}, 11));
    const families = await folder.library([], ["mine"]).families();
    expect(families.map(({ name, files }) => [name, files.length])).toEqual([["Other", 1], ["Tiny", 3]]);
  });
});

describe("families of files that name a parent elsewhere", () => {
  const child = (base: Readonly<Record<string, string>>): Buffer => tinyLlama({ "general.file_type": 7, "decant.step": "quantize Q8_0", "decant.parent": "model-F32.gguf", ...base });
  const familiesWith = async (files: Readonly<Record<string, Buffer>>): Promise<readonly (readonly string[])[]> => {
    for (const [name, content] of Object.entries(files)) await folder.put(`mine/${name}`, content);
    return (await folder.library([], ["mine"]).families()).map(({ name, files }) => [name, ...files.map(({ path }) => path.slice(folder.path("mine/").length))]);
  };

  it("are those of their own where nothing but the name of the parent agrees", async () => {
    const families = await familiesWith({ "a/model-F32.gguf": tinyLlama({}, 9), "b/Stranger-Q8_0.gguf": child({ "decant.base": "Something else" }), "c/Nobody-Q8_0.gguf": child({}) });
    expect(families).toEqual([["model", "a/model-F32.gguf"], ["Nobody", "c/Nobody-Q8_0.gguf"], ["Stranger", "b/Stranger-Q8_0.gguf"]]);
  });

  it("are the parent's where they name what it is called as their base, and theirs are of it in turn", async () => {
    const families = await familiesWith({
      "a/model-F32.gguf": tinyLlama({ "general.name": "Tiny Llama 1B" }, 9),
      "b/small-Q8_0.gguf": child({ "decant.base": "tiny-llama-1b" }),
      "b/smaller-Q4_0.gguf": tinyLlama({ "general.file_type": 2, "decant.step": "quantize Q4_0", "decant.parent": "small-Q8_0.gguf" }, 7),
    });
    expect(families).toEqual([["model", "a/model-F32.gguf", "b/small-Q8_0.gguf", "b/smaller-Q4_0.gguf"]]);
  });
});

it("a chain of thousands of files ends", async () => {
  const chain = Array.from({ length: 5000 }, (_, index) => ({
    found: { path: `/m/f${index}.gguf` },
    facts: { model: { path: `/m/f${index}.gguf`, family: `f${index}`, type: "F16" as const, bytes: 1, parameters: 1, architecture: "llama", contextLength: 0, lineage: { steps: [], parent: `f${index + 1}.gguf` } } },
  }));
  expect(new Set(modelsAmong(chain).map(({ family }) => family))).toEqual(new Set(["f4999"]));
});

describe("LM Studio and llama.cpp", () => {
  it("names a model by publisher and repository", async () => {
    await folder.put(".lmstudio/models/lmstudio-community/Tiny-GGUF/Tiny-F32.gguf", tinyLlama());
    await folder.put(".lmstudio/models/loose-F32.gguf", tinyLlama());
    const files = await folder.library(["lmStudio"]).files();
    expect(files.map(({ name, family, source }) => [name, family, source])).toEqual([["lmstudio-community/Tiny-GGUF", "Tiny", "lmStudio"], [undefined, "loose", "lmStudio"]]);
  });

  it("reads llama.cpp's flat cache and its newer one in the hub's layout", async () => {
    const cache = ".cache/llama.cpp";
    await folder.put(`${cache}/ggml-org_Tiny-GGUF_tiny-F32.gguf`, tinyLlama());
    await folder.put(`${cache}/some_one_odd_name_Odd-F32.gguf`, tinyLlama({}, 9));
    await folder.put(`${cache}/manifest=some_one=odd_name=latest.json`, "{}");
    await folder.put(`${cache}/models--ggml-org--new/snapshots/${"1".repeat(40)}/New-F32.gguf`, tinyLlama({}, 10));
    const files = await folder.library(["llamaCpp"]).files();
    expect(files.map(({ name, family }) => [name, family])).toEqual([["ggml-org/new", "New"], ["ggml-org/Tiny-GGUF", "tiny"], ["some_one/odd_name", "Odd"]]);
  });

  it("shows a file once where a person's folder holds a source's, and files of one name in two folders twice", async () => {
    await folder.put(".lmstudio/models/a/b/Tiny-F32.gguf", tinyLlama());
    await folder.put("mine/Tiny-F32.gguf", tinyLlama());
    const files = await folder.library(["lmStudio"], [".", "mine"]).files();
    expect(files.map(({ path, source }) => [path, source])).toEqual([[folder.path(".lmstudio/models/a/b/Tiny-F32.gguf"), "lmStudio"], [folder.path("mine/Tiny-F32.gguf"), undefined]]);
  });
});

describe("Ollama's store", () => {
  it("resolves tags to blobs; two tags of one blob are one model with both names", async () => {
    const weights = await folder.blob(tinyLlama({ "general.name": "Tiny Llama 1B" }));
    const license = await folder.blob("\n  APACHE LICENSE\nVersion 2.0");
    await folder.manifest("registry.ollama.ai/library/tiny/1b", [["model", weights], ["license", license]]);
    await folder.manifest("registry.ollama.ai/library/tiny/latest", [["model", weights]]);
    await folder.manifest("hf.co/owner/repo/Q4", [["model", await folder.blob(tinyLlama({}, 12))]]);
    const files = await folder.library(["ollama"]).files();
    expect(files).toMatchObject([
      { path: expect.stringContaining("sha256-"), name: "hf.co/owner/repo:Q4", family: "repo-Q4", source: "ollama" },
      { path: weights.path, name: "tiny:1b, tiny:latest", family: "Tiny-Llama-1B", type: "F32", license: "APACHE LICENSE" },
    ]);
    expect(await folder.library([]).describe(weights.path)).toMatchObject({ family: "Tiny-Llama-1B", type: "F32" });
  });

  it("groups a blob with files of the same base elsewhere, under the name of the person's own file", async () => {
    await folder.manifest("registry.ollama.ai/library/tiny/1b", [["model", await folder.blob(tinyLlama({ "general.name": "Tiny Llama 1B" }))]]);
    await folder.put("mine/tiny-llama-1B.Q8_0.gguf", tinyLlama({ "general.file_type": 7 }));
    const families = await folder.library(["ollama"], ["mine"]).families();
    expect(families.map(({ name, files }) => [name, files.length])).toEqual([["tiny-llama-1B", 2]]);
  });

  it("attaches projector and adapter to the model of their tag", async () => {
    const weights = await folder.blob(tinyLlama());
    const [projector, adapter] = [await folder.blob(tinyProjector()), await folder.blob(tinyAdapter())];
    await folder.manifest("registry.ollama.ai/me/seeing/latest", [["model", weights], ["projector", projector], ["adapter", adapter]]);
    const library = folder.library(["ollama"]);
    expect((await library.models()).map(({ path, attachments, name }) => [path, attachments, name])).toEqual([[weights.path, [projector.path, adapter.path], "me/seeing:latest"]]);
    expect((await library.files()).map(({ role }) => role)).toEqual([undefined, "projector", "adapter"]);
  });

  it("says what is missing, half written or of another size", async () => {
    const [gone, half, cut] = [await folder.blob(tinyLlama({}, 8)), await folder.blob(tinyLlama({}, 9)), await folder.blob(tinyLlama({}, 10))];
    for (const [name, blob] of [["gone", gone], ["half", half], ["cut", cut]] as const) await folder.manifest(`registry.ollama.ai/library/${name}/latest`, [["model", blob]]);
    await rm(gone.path);
    await rm(half.path);
    await writeFile(`${half.path}-partial`, "GGUF");
    await truncate(cut.path, 100);
    const files = await folder.library(["ollama"]).files();
    expect(Object.fromEntries(files.map(({ name, problem }) => [name, problem]))).toEqual({
      "gone:latest": 'Ollama lists it, but its file is missing from the store. Run "ollama pull gone:latest" to fetch it again.',
      "half:latest": 'Ollama has not finished downloading it. Run "ollama pull half:latest" to fetch it again.',
      "cut:latest": `Its file in Ollama's store has 100 bytes instead of ${cut.size}. Run "ollama pull cut:latest" to fetch it again.`,
    });
    expect(files.map(({ family }) => family).sort()).toEqual(["cut", "gone", "half"]);
  });

  it("shows manifests that are none with their reason, and never leaves its folder", async () => {
    const good = await folder.blob(tinyLlama());
    const tag = "registry.ollama.ai/library/bad";
    await folder.manifest("registry.ollama.ai/library/good/latest", [["model", good]]);
    await folder.put(`.ollama/models/manifests/${tag}/json`, "{");
    await folder.put(`.ollama/models/manifests/${tag}/list`, "[]");
    await folder.put(`.ollama/models/manifests/${tag}/huge`, Buffer.alloc(2 ** 20 + 1, " "));
    await folder.manifest(`${tag}/escape`, [["model", { digest: "sha256:../../../../mine/secret.gguf", size: 1 }]]);
    await folder.manifest(`${tag}/upper`, [["model", { digest: `sha256:${"A".repeat(64)}`, size: 1 }]]);
    await folder.manifest(`${tag}/size`, [["model", { digest: good.digest, size: -1 }]]);
    await folder.manifest(`${tag}/cloud`, []);
    await symlink("/dev/zero", folder.path(`.ollama/models/manifests/${tag}/zero`));
    await symlink("..", folder.path(`.ollama/models/manifests/${tag}/loop`));
    await mkdir(folder.path(`.ollama/models/manifests/${tag}/closed`));
    await chmod(folder.path(`.ollama/models/manifests/${tag}/closed`), 0);
    await folder.manifest("registry.ollama.ai/library/na\nme\u202e/latest", [["model", good]]);
    const files = await folder.library(["ollama"]).files();
    expect(files.filter(({ problem }) => !problem).map(({ name }) => name)).toEqual(["good:latest, na\ufffdme\ufffd:latest"]);
    const problems = Object.fromEntries(files.filter(({ problem }) => problem).map(({ name, problem }) => [name, problem]));
    expect(Object.keys(problems).sort()).toEqual(["closed", "escape", "huge", "json", "list", "loop", "size", "upper"].map((name) => `bad:${name}`));
    expect(problems["bad:escape"]).toBe("The manifest is damaged: a layer has no valid SHA-256 digest.");
    expect(problems["bad:json"]).toBe("The manifest is not JSON.");
    expect(folder.log.join("\n")).toContain("bad:cloud has no weights");
    expect(folder.log.join("\n")).toMatch(/zero .*leads out/);
  });
});
