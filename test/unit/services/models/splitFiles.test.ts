import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shardOf } from "../../../../src/core/models/shards";
import { ggufBytes } from "../../ggufBytes";
import { ModelFolder, tinyLlama } from "./modelFolder";

let folder: ModelFolder;
beforeEach(async () => {
  folder = await ModelFolder.make();
});
afterEach(() => folder.remove());

const name = (index: number, count = 3): string => `models/Big-F32-0000${index}-of-0000${count}.gguf`;
const split = (index: number, count = 3) => ({ "split.no": index - 1, "split.count": count });
const rest = (index: number): Buffer => ggufBytes({ ...split(index), "general.architecture": "llama" }, [{ name: `blk.${index}.attn_q.weight`, shape: [256, index] }]);

it("shardOf reads numbers that make sense, and only those", () => {
  expect(shardOf("/a/Big-00002-of-00005.gguf")).toEqual({ stem: "/a/Big", index: 2, count: 5 });
  for (const path of ["Big-00000-of-00005.gguf", "Big-00006-of-00005.gguf", "Big-2-of-5.gguf", "Big.gguf", "Big-00001-of-00002.gguf.partial"]) expect(shardOf(path)).toBeUndefined();
});

describe("a split model", () => {
  it("is one entry with the sums of its parts and the metadata of its first", async () => {
    const first = await folder.put(name(1), tinyLlama({ ...split(1) }));
    await folder.put(name(2), rest(2));
    await folder.put(name(3), rest(3));
    const library = folder.library([], ["models"]);
    const [model, ...others] = await library.models();
    expect(others).toEqual([]);
    // 256 × 8 + 256 in the first, 256 × 2 in the second, 256 × 3 in the third.
    expect(model).toMatchObject({ path: first, family: "Big", type: "F32", contextLength: 256, parameters: 256 * 14, weights: 4 * 256 * 14, parts: { expected: 3 } });
    expect(model?.parts?.paths).toHaveLength(3);
    expect(model?.problem).toBeUndefined();
    expect(await library.describe(folder.path(name(2)))).toBe(model);
    expect(await folder.library([]).describe(folder.path(name(2)))).toMatchObject({ path: first, parameters: 256 * 14 });
    expect(await library.deletion(model!)).toEqual({ files: [1, 2, 3].map((index) => folder.path(name(index))), bytes: model!.bytes });
  });

  it("says which parts are missing, also where the first is", async () => {
    await folder.put(name(1), tinyLlama(split(1)));
    await folder.put(name(3), rest(3));
    const [model] = await folder.library([], ["models"]).models();
    expect(model?.problem).toBe("2 of 3 parts are here: part 2 is missing. Download what is missing into the same folder.");
    await rm(folder.path(name(1)));
    const [left] = await folder.library([], ["models"]).models();
    expect(left?.problem).toBe("1 of 3 parts are here: parts 1 and 2 are missing. Download what is missing into the same folder.");
  });

  it("is not counted through where its name claims 99,999 parts", async () => {
    await folder.put("models/Big-00001-of-99999.gguf", tinyLlama());
    expect((await folder.library([], ["models"]).models())[0]?.problem).toBe("1 of 99999 parts are here: parts 2, 3, 4, 5 and more are missing. Download what is missing into the same folder.");
  });

  it("tells a damaged part, and one that says to be another", async () => {
    await folder.put(name(1), tinyLlama(split(1)));
    await folder.put(name(2), "nonsense");
    await folder.put(name(3), rest(3));
    expect((await folder.library([], ["models"]).models())[0]?.problem).toBe(`Part 2 of 3: ${name(2).slice(7)} is not a GGUF file.`);
    await folder.put(name(2), rest(3));
    expect((await folder.library([], ["models"]).models())[0]?.problem).toBe("The file named part 2 of 3 says that it is part 3 of 3: download the parts again.");
  });

  it("knows a part that lost its name", async () => {
    await folder.put("models/renamed.gguf", rest(2));
    expect((await folder.library([], ["models"]).models())[0]?.problem).toMatch(/^This is part 2 of 3 of a split model, but its name does not end in -00002-of-00003\.gguf/);
  });

  it("counts a tied embedding once only where no part has an output matrix", async () => {
    const tied = { "general.architecture": "llama", "llama.block_count": 1, "llama.embedding_length": 256, "llama.attention.head_count": 4, "llama.vocab_size": 32 };
    const embedding = [{ name: "token_embd.weight", shape: [256, 32] }];
    await folder.put(name(1, 2), ggufBytes({ ...tied, ...split(1, 2) }, embedding));
    await folder.put(name(2, 2), ggufBytes({ ...split(2, 2) }, [{ name: "blk.0.attn_q.weight", shape: [256, 32] }]));
    expect((await folder.library([], ["models"]).models())[0]?.shape?.tiedShare).toBe(0.5);
    await folder.put(name(2, 2), ggufBytes({ ...split(2, 2) }, [{ name: "output.weight", shape: [256, 32] }]));
    expect((await folder.library([], ["models"]).models())[0]?.shape?.tiedShare).toBe(0);
  });
});
