import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ggufHeaderBytes, type MetadataEntry, padding } from "../../src/core/gguf/writer";
import type { Finding } from "../../src/protocol/documents";
import { cacheTypes, type AdapterUse } from "../../src/protocol/model";
import type { LoadParams } from "../../src/protocol/rpc";
import { readHeader } from "../../src/runtime/gguf/headerFile";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { loading, never, type RealClient, realClient } from "./realClient";
import { type TinyAdapter, writeTinyAdapter } from "./tinyAdapter";
import { writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-load-"));
const at = (name: string): string => join(folder, name);
const text = "Either party may terminate this agreement upon thirty days written notice.\n\nThis agreement is governed by the laws of New York.";
let real: RealClient;

beforeAll(async () => {
  real = realClient(await buildRuntime(), folder);
});
afterAll(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** What the model says of a document, to be compared to the last digit. */
async function readWith(params: Partial<LoadParams>): Promise<readonly Finding[]> {
  await real.client.load({ ...loading(), contextSize: 512, ...params }, never);
  for await (const event of real.client.spot({ text }, never)) if (event.kind === "result") return event.result.findings;
  throw new Error("No result.");
}

describe("keys and values", () => {
  it.each(cacheTypes)("are kept as %s, and it is told", async (cacheType) => {
    const loaded = await real.client.load({ ...loading(), contextSize: 512, cacheType }, never);
    expect([loaded.cacheType, loaded.contextSize]).toEqual([cacheType, 512]);
    expect((await readWith({ cacheType })).map(({ category }) => category)).toContain("Governing Law");
  });

  it("as Q4_0 are not those of F16", async () => {
    const [full, small] = [await readWith({}), await readWith({ cacheType: "Q4_0" })];
    expect(small.map(({ probability }) => probability)).not.toEqual(full.map(({ probability }) => probability));
  });

  it("of heads that do not divide into blocks stay F16: a sentence says so", async () => {
    const odd = writeTinyModel(at("odd.gguf"));
    const header = readFileSync(odd);
    // 16 heads of 16 instead of 8 of 32.
    for (const key of ["llama.attention.head_count_kv", "llama.attention.head_count\u0004"]) {
      const place = header.indexOf(key.replace("\u0004", "")) + key.replace("\u0004", "").length + 4;
      header.writeUInt32LE(16, place);
    }
    writeFileSync(odd, header);
    await expect(real.client.load({ ...loading(odd), cacheType: "Q8_0" }, never)).rejects.toThrow(/odd\.gguf .*Keep them as F16\.$/);
  });
});

describe("an adapter", () => {
  const use = (scale: number, options: TinyAdapter = {}): readonly AdapterUse[] => [{ path: writeTinyAdapter(at("style.gguf"), options), scale }];

  it("of scale 0 changes nothing, of scale 1 it does, and the loaded model tells", async () => {
    const plain = await readWith({});
    expect(await readWith({ adapters: use(0) })).toEqual(plain);
    const changed = await readWith({ adapters: use(1) });
    expect(real.client.loaded?.adapters).toEqual([{ path: at("style.gguf"), scale: 1 }]);
    expect(changed).not.toEqual(plain);
    expect(await readWith({ adapters: use(0.01) })).not.toEqual(changed);
    expect(await readWith({})).toEqual(plain);
    expect(real.client.loaded?.adapters).toBeUndefined();
  });

  const string = (key: string, value: string): readonly MetadataEntry[] => [{ key, type: "string", value }];
  const number = (key: string, value: number): readonly MetadataEntry[] => [{ key, type: "u32", value }];
  it.each<[string, TinyAdapter, RegExp]>([
    ["another architecture", { architecture: "qwen2" }, /is an adapter for models of the architecture “qwen2”, and this one is “llama”/],
    ["another width", { columns: 512 }, /is an adapter for another model: it changes “blk\.0\.attn_q\.weight” of 512 × 256, and here that has 256 × 256/],
    ["tensors that are not there", { tensor: "blk.99.attn_q.weight" }, /is an adapter for another model: this one has no tensor/],
    ["one half", { half: "a" }, /is damaged: one half/],
    ["tensors of a type that cannot be multiplied", { type: "I16" }, /has I16 tensors/],
    ["an alpha that is no number", { metadata: number("adapter.lora.alpha", 8) }, /its alpha is no number/],
    ["a type that is no text", { metadata: number("general.type", 1) }, /is no LoRA adapter/],
    ["an architecture that is no text", { metadata: number("general.architecture", 1) }, /is an adapter for models of the architecture “undefined”|is damaged/],
    ["another kind", { metadata: string("adapter.type", "dora") }, /is no LoRA adapter/],
    ["a model's header", { metadata: string("general.type", "model") }, /is no LoRA adapter/],
  ])("with %s is refused with a sentence, and the runtime lives", async (_, options, sentence) => {
    const adapters = use(1, options);
    await expect(real.client.load({ ...loading(), adapters }, never)).rejects.toThrow(sentence);
    await expect(real.client.load({ ...loading(), adapters }, never)).rejects.toThrow(/^style\.gguf [^\n]+\.$/);
    expect(real.client.state.kind).toBe("running");
  });

  it("cut off, of no file or of no scale is refused", async () => {
    writeFileSync(at("cut.gguf"), readFileSync(use(1)[0]!.path).subarray(0, -100));
    await expect(readWith({ adapters: [{ path: at("cut.gguf"), scale: 1 }] })).rejects.toThrow(/cut off/);
    await expect(readWith({ adapters: [{ path: at("none.gguf"), scale: 1 }] })).rejects.toThrow(/no file at/);
    // JSON carries it as null.
    await expect(readWith({ adapters: use(Number.NaN) })).rejects.toThrow(/scale of style\.gguf must be a number/);
  });
});

describe("a model in parts", () => {
  const partName = (part: number, parts: number): string => at(`whole-${String(part).padStart(5, "0")}-of-${String(parts).padStart(5, "0")}.gguf`);

  /** As llama-gguf-split cuts: all metadata in the first part, so many tensors in each. */
  function split(shares: readonly number[]): readonly string[] {
    const source = readFileSync(sampleModel());
    const { entries, metadata, tensors, dataOffset } = readHeader(sampleModel());
    let next = 0;
    return shares.map((share, index) => {
      const own = tensors.slice(next, next += share);
      const kept = index > 0 ? [] : [...entries].map(([key, { type, element }]) => ({ key, type, element, value: metadata[key] }) as unknown as MetadataEntry);
      const marks: readonly MetadataEntry[] = [
        { key: "split.no", type: "u16", value: index }, { key: "split.count", type: "u16", value: shares.length }, { key: "split.tensors.count", type: "i32", value: tensors.length },
      ];
      const data = own.flatMap(({ offset, bytes }) => [source.subarray(dataOffset + offset, dataOffset + offset + bytes), padding(bytes)]);
      writeFileSync(partName(index + 1, shares.length), Buffer.concat([ggufHeaderBytes({ metadata: [...kept, ...marks], tensors: own }), ...data]));
      return partName(index + 1, shares.length);
    });
  }

  it("loads from its first part, also where that has no tensors, and reads as the whole does", async () => {
    const count = readHeader(sampleModel()).tensors.length;
    const whole = await readWith({});
    for (const shares of [[10, count - 10], [0, 20, count - 20]]) expect(await readWith({ path: split(shares)[0]! })).toEqual(whole);
  });

  it("says what is missing, misplaced, renamed or damaged before anything is loaded", async () => {
    const count = readHeader(sampleModel()).tensors.length;
    const [first, second, third] = split([10, 10, count - 20]);
    const refused = (path: string, sentence: RegExp): Promise<void> => expect(readWith({ path })).rejects.toThrow(sentence);
    await refused(second!, /whole-00002-of-00003\.gguf is not the first of 3 parts of a model: load whole-00001-of-00003\.gguf\./);
    copyFileSync(first!, at("renamed.gguf"));
    await refused(at("renamed.gguf"), /renamed\.gguf is one of 3 parts, .*Rename it as it was/);
    const last = readFileSync(third!);
    writeFileSync(third!, last.subarray(0, last.length - 1000));
    await refused(first!, /whole-00003-of-00003\.gguf.*cut off|cut off/);
    copyFileSync(second!, third!);
    await refused(first!, /whole-00003-of-00003\.gguf is not part 3 of 3/);
    rmSync(third!);
    await refused(first!, /whole-00003-of-00003\.gguf, part 3 of 3, is missing/);
    expect(real.client.state.kind).toBe("running");
  });
});

describe("a file of another name", () => {
  it("loads as well: Ollama's blobs have no ending", async () => {
    const blob = at("sha256-0123456789abcdef");
    copyFileSync(sampleModel(), blob);
    expect(await readWith({ path: blob })).toEqual(await readWith({}));
  });
});

describe("the queue", () => {
  it("counts the requests that wait for the one that works", async () => {
    const loads = [real.client.load(loading(), never), real.client.load(loading(), never), real.client.load(loading(), never)];
    const queues: number[] = [];
    for (let time = 0; time < 5; time++) queues.push((await real.client.meter()).queue ?? -1);
    await Promise.all(loads);
    expect(Math.max(...queues)).toBe(2);
    expect((await real.client.meter()).queue).toBe(0);
  });
});
