import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { quantLevels } from "../../src/core/gguf/quantLevels";
import { partialPathOf } from "../../src/core/compression/partialPath";
import { HumanError, type HumanErrorCode } from "../../src/protocol/humanError";
import { type QuantType, quantTypes } from "../../src/protocol/model";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import type { FreeSpace } from "../../src/runtime/compression/outputPlace";
import { quantize, sizes } from "../../src/runtime/compression/quantizer";
import { tinyModel, writeTinyModel } from "./tinyModel";

const folder = mkdtempSync(join(tmpdir(), "decant-quantize-"));
const input = join(folder, "tiny-F16.gguf");
const narrow = join(folder, "narrow-F16.gguf");
const never = new AbortController().signal;
const dryRuns = new Map<string, Awaited<ReturnType<typeof sizes>>>();

beforeAll(async () => {
  chmodSync(folder, 0o755);
  writeTinyModel(input, { metadata: { "decant.note": "kept as it is" } });
  writeTinyModel(narrow, { width: 96, feedForward: 160 });
  for (const path of [input, narrow]) dryRuns.set(path, await sizes({ input: path, recipes: quantTypes.map((type) => ({ type })) }, never));
});

function run(type: QuantType, output: string, options: { from?: string; signal?: AbortSignal; free?: FreeSpace; onTensor?: () => void } = {}): ReturnType<typeof quantize> {
  return quantize({ input: options.from ?? input, output, recipe: { type }, threads: 1 }, () => options.onTensor?.(), options.signal ?? never, options);
}

/** The error of a run that must fail with a sentence and leave nothing behind. */
async function failure(work: Promise<unknown>, code: HumanErrorCode): Promise<string> {
  const before = readFileSync(input);
  const error = await work.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof HumanError)) throw new Error(`No HumanError but ${String(error)}`);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  expect(readFileSync(input).equals(before)).toBe(true);
  return error.message;
}

describe("exact sizes", () => {
  it("tells which levels need an importance matrix, as the catalogue says", () => {
    const refused = dryRuns.get(input)?.filter(({ problem }) => problem?.includes("importance matrix")).map(({ type }) => type);
    expect(refused).toEqual(quantTypes.filter((type) => quantLevels[type].needsImatrix));
  });

  it("of a dense model say what the mixture-of-experts level is for", () => {
    expect(dryRuns.get(input)?.find(({ type }) => type === "MXFP4_MOE")?.problem).toMatch(/no experts/);
  });

  it.each<[string, () => string]>([["rows of 256", () => input], ["rows of 96", () => narrow]])("equal the files really made, for every level, %s", async (name, from) => {
    const made: Record<string, number> = {};
    const foretold: Record<string, number> = {};
    for (const size of dryRuns.get(from())?.filter(({ problem }) => !problem) ?? []) {
      const result = await run(size.type, join(folder, `${name}-${size.type}.gguf`), { from: from() });
      expect(result).toEqual({ ...size, path: result.path, seconds: result.seconds });
      foretold[size.type] = size.bytes;
      made[size.type] = statSync(result.path).size;
    }
    expect(Object.keys(made).length).toBeGreaterThan(15);
    expect(made).toEqual(foretold);
  });

  it("count the tensors whose rows do not divide", () => {
    const fallbacks = (path: string, type: QuantType): number | undefined => dryRuns.get(path)?.find((size) => size.type === type)?.fallbacks;
    expect([fallbacks(input, "Q4_K_M"), fallbacks(narrow, "Q4_K_M"), fallbacks(narrow, "Q8_0")]).toEqual([0, 7, 0]);
  });

  it("explain a level that has no way out for such rows", () => {
    expect(dryRuns.get(narrow)?.find(({ type }) => type === "Q1_0")?.problem).toMatch(/do not divide/);
  });

  it("stop when cancelled", async () => {
    await failure(sizes({ input, recipes: quantTypes.map((type) => ({ type })) }, AbortSignal.abort()), "cancelled");
  });
});

describe("quantizing", () => {
  it("keeps all metadata and counts its tensors", async () => {
    const seen: number[] = [];
    const output = join(folder, "kept-Q4_K_M.gguf");
    await quantize({ input, output, recipe: { type: "Q4_K_M" }, threads: 1 }, ({ tensor, tensors }) => seen.push(tensor / tensors), never);
    const before = readGgufLayout(input);
    const after = readGgufLayout(output);
    expect(after.scalars.get("decant.note")).toBe("kept as it is");
    expect(after.scalars.get("general.file_type")).toBe(quantLevels.Q4_K_M.ftype);
    const own = ["general.quantization_version", "decant.step", "decant.parent", "decant.base"];
    expect([...after.entryBytes.keys()].filter((key) => !own.includes(key)).sort()).toEqual([...before.entryBytes.keys()].sort());
    expect(seen).toEqual(Array.from({ length: 11 }, (_, index) => (index + 1) / 11));
    expect(existsSync(partialPathOf(output))).toBe(false);
  });

  it("notes where a file comes from, step by step, in files of the foretold size", async () => {
    const eight = (await run("Q8_0", join(folder, "lineage-Q8_0.gguf"))).path;
    const [foretold] = await sizes({ input: eight, recipes: [{ type: "Q4_K_M" }] }, never);
    const four = (await run("Q4_K_M", join(folder, "lineage-Q4_K_M.gguf"), { from: eight })).path;
    expect(statSync(four).size).toBe(foretold?.bytes);
    const notes = (path: string): unknown => Object.fromEntries([...readGgufLayout(path).scalars].filter(([key]) => key.startsWith("decant.") && key !== "decant.note"));
    expect(notes(eight)).toEqual({ "decant.step": "quantize Q8_0", "decant.parent": "tiny-F16.gguf", "decant.base": "tiny" });
    expect(notes(four)).toEqual({
      "decant.step": "quantize Q4_K_M", "decant.history": "quantize Q8_0", "decant.parent": "lineage-Q8_0.gguf", "decant.base": "tiny",
    });
  });

  it("notes it also of long and foreign names, cut to what llama.cpp carries", async () => {
    const steps = Array.from({ length: 12 }, (_, index) => `step ${index} of many`);
    const from = writeTinyModel(join(folder, `${"Ж".repeat(80)}.gguf`), { metadata: { "decant.step": "prune 2 blocks", "decant.history": steps.join(" > "), "general.name": "Имя".repeat(40) } });
    const [foretold] = await sizes({ input: from, recipes: [{ type: "Q8_0" }] }, never);
    const made = await run("Q8_0", join(folder, "named.gguf"), { from });
    expect(made.bytes).toBe(foretold?.bytes);
    const { scalars } = readGgufLayout(made.path);
    expect(scalars.get("decant.history")).toBe([...steps.slice(6), "prune 2 blocks"].join(" > "));
    expect(scalars.get("decant.parent")).toBe("Ж".repeat(63));
    expect(scalars.get("decant.base")).toBe("Имя".repeat(40).slice(0, 63));
  });

  it("starts from Q8_0, but not from anything smaller", async () => {
    const eight = (await run("Q8_0", join(folder, "start-Q8_0.gguf"))).path;
    const four = (await run("Q4_K_M", join(folder, "start-Q4_K_M.gguf"), { from: eight })).path;
    expect(await failure(run("Q2_K", join(folder, "again.gguf"), { from: four }), "unsupported")).toMatch(/already quantized .* start from its F16 or Q8_0 original/);
    const again = await sizes({ input: four, recipes: [{ type: "Q2_K" }, { type: "Q8_0" }] }, never);
    expect(again.every(({ problem }) => problem?.includes("already quantized"))).toBe(true);
  });
});

describe("faults", () => {
  function damaged(name: string, content: Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }
  const whole = tinyModel();
  const output = join(folder, "fault.gguf");

  it("no such input", async () => {
    expect(await failure(run("Q8_0", output, { from: join(folder, "none.gguf") }), "notFound")).toMatch(/no file at/);
  });

  it("not a GGUF file, an empty one, a folder", async () => {
    await failure(run("Q8_0", output, { from: damaged("text.gguf", Buffer.from("Not a model at all, only text.")) }), "notGguf");
    await failure(run("Q8_0", output, { from: damaged("empty.gguf", Buffer.alloc(0)) }), "notGguf");
    await failure(run("Q8_0", output, { from: folder }), "notReadable");
  });

  it.each([
    ["in the magic number", 3], ["after it", 6], ["in the counts", 20], ["in the metadata", 300], ["in the vocabulary", 3000],
    ["in the tensor table", 8500], ["in the tensor data", 20_000], ["before the last byte of it", -1],
  ])("cut off %s", async (_, length) => {
    const path = damaged("cut.gguf", whole.subarray(0, length < 0 ? whole.length + length : length));
    expect(await failure(run("Q8_0", output, { from: path }), length === 3 ? "notGguf" : "truncated")).toMatch(/cut\.gguf|cut off/);
  });

  it.each([["tensors", 8], ["metadata entries", 16]])("announces 2^60 %s", async (_, offset) => {
    const content = Buffer.from(whole);
    content.writeBigUInt64LE(2n ** 60n, offset);
    await failure(run("Q8_0", output, { from: damaged("huge.gguf", content) }), "truncated");
  });

  it("an architecture that llama.cpp does not know", async () => {
    const path = damaged("unknown.gguf", tinyModel({ architecture: "nosuch" }));
    expect(await failure(run("Q8_0", output, { from: path }), "unsupported")).toMatch(/does not know the model's architecture/);
  });

  it("input and output are one file: by name, symbolic link and hard link", async () => {
    symlinkSync(input, join(folder, "symbolic.gguf"));
    linkSync(input, join(folder, "hard.gguf"));
    for (const name of ["tiny-F16.gguf", "symbolic.gguf", "hard.gguf"]) {
      expect(await failure(run("Q8_0", join(folder, name)), "sameFile")).toMatch(/would overwrite the model/);
    }
    const disguised = damaged("own.gguf.partial.gguf", whole).replace(".partial.gguf", "");
    linkSync(`${disguised}.partial.gguf`, `${disguised}.partial`);
    const error = await run("Q8_0", disguised, { from: `${disguised}.partial` }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "sameFile" });
    expect(readFileSync(`${disguised}.partial`).equals(whole)).toBe(true);
    rmSync(`${disguised}.partial`);
  });

  it("the output exists", async () => {
    const path = damaged("there.gguf", Buffer.from("mine"));
    await failure(run("Q8_0", path), "outputExists");
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  it("no such folder, or a file in its place", async () => {
    await failure(run("Q8_0", join(folder, "nowhere", "out.gguf")), "notFound");
    await failure(run("Q8_0", join(input, "out.gguf")), "notWritable");
  });

  it("a folder without write permission", async () => {
    const locked = join(folder, "locked");
    mkdirSync(locked, { mode: 0o555 });
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65_534); // permissions do not bind root
    try {
      expect(await failure(run("Q8_0", join(locked, "out.gguf")), "notWritable")).toMatch(/may not be written to/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it("too little room on the disk, before anything is written", async () => {
    expect(await failure(run("Q8_0", output, { free: () => Promise.resolve(1000) }), "diskFull")).toMatch(/needs [\d.]+ MB, but only 0\.0 MB are free/);
  });

  it("cancelled before it starts and in the middle", async () => {
    await failure(run("Q8_0", output, { signal: AbortSignal.abort() }), "cancelled");
    const controller = new AbortController();
    await failure(run("Q4_K_M", output, { signal: controller.signal, onTensor: () => controller.abort() }), "cancelled");
    expect(existsSync(output)).toBe(false);
  });

  it("an importance matrix is needed", async () => {
    await failure(run("IQ2_XXS", output), "unsupported");
  });

  it("a left-over partial file of a killed process is in nobody's way", async () => {
    const place = join(folder, "leftover-Q8_0.gguf");
    writeFileSync(partialPathOf(place), "half a model");
    utimesSync(partialPathOf(place), 1, 1);
    await run("Q8_0", place);
    expect(existsSync(partialPathOf(place))).toBe(false);
  });

  it("two runs never write into one file", async () => {
    const place = join(folder, "twice-Q8_0.gguf");
    writeFileSync(partialPathOf(place), "written at this moment");
    await expect(run("Q8_0", place)).rejects.toThrow(/^twice-Q8_0.gguf is being written by another run: wait/);
    expect(readFileSync(partialPathOf(place), "utf8")).toBe("written at this moment");
    rmSync(partialPathOf(place));
  });
});
