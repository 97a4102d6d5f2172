import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdapterInfo, BlockRanking, ExtractResult, GptqResult, MergeResult, PruneResult, SparsifyResult, TrainResult } from "../../src/protocol/compression";
import type { MeasuredRow } from "../../src/protocol/model";
import type { CompressionRecipe, RecipeResult, StepEstimate } from "../../src/protocol/recipe";
import { writeTinyModel } from "./tinyModel";

const root = resolve(__dirname, "../..");
const text = join(root, "media/samples/evaluation-text.txt");
const reading = ["--text", text, "--context", "128", "--chunks", "2"];
/** Short sequences, read once. */
const training = ["--epochs", "1", "--context", "64"];
let folder: string;
let model: string;
let short: string;
let longer: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-lab-cli-"));
  model = join(folder, "sample-F16.gguf");
  short = join(folder, "short.txt");
  copyFileSync(join(root, "media/models/contracts-5m-F16.gguf"), model);
  longer = join(folder, "longer.txt");
  writeFileSync(short, readFileSync(text, "utf8").slice(0, 1200));
  writeFileSync(longer, readFileSync(text, "utf8").slice(0, 6000));
  writeFileSync(join(folder, "one.txt"), "Too short.");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Awaited, not spawned in sync: the test runner must be answered while a command works. */
function cli(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  return new Promise((settle) => {
    const child = execFile(process.execPath, [join(root, "scripts/cli.mjs"), ...args], { cwd: folder, maxBuffer: 1e8, env: { ...env, INIT_CWD: folder } }, (_error, stdout, stderr) =>
      settle({ status: child.exitCode ?? -1, stdout, stderr }));
  });
}
async function json<T>(...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await cli(...args, "--threads", "1", "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}
async function people(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli(...args, "--threads", "1");
  expect(status, stderr).toBe(0);
  return stdout;
}
async function refusal(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli(...args, "--threads", "1");
  expect([status, stdout], stderr).toEqual([1, ""]);
  expect(stderr).not.toMatch(/\n\s+at /);
  return stderr.trim().split("\n").at(-1) ?? "";
}
const out = (name: string): string => join(folder, name);
const leftOver = (): readonly string[] => readdirSync(folder).filter((name) => /\.partial$|\.training$/.test(name));

describe("commands of two words", () => {
  it("are listed under their first word", async () => {
    const { status, stdout } = await cli("lora", "--help");
    expect(status).toBe(0);
    expect(stdout.match(/^ {2}lora \w+/gm)).toEqual(["  lora train", "  lora merge", "  lora extract", "  lora inspect", "  lora compare"]);
    expect((await cli("lora", "fly")).stderr).toMatch(/^There is no command "lora fly"\.\n\n[^]*lora train/);
    expect((await cli("recipe", "run", "--help")).stdout).toMatch(/^usage: recipe run FILE\|PRESET [^]*--restart/);
  });
});

describe("prune", () => {
  it("ranks the blocks, for people with bars", async () => {
    const { blocks } = await json<BlockRanking>("prune", model, "--rank", ...reading);
    expect(blocks.map(({ block }) => block)).toEqual([0, 1, 2, 3, 4]);
    for (const { influence, without } of blocks) {
      expect(influence).toBeGreaterThan(0);
      expect(without).toBeUndefined();
    }
    expect(await people("prune", model, "--rank", ...reading)).toMatch(/Block +Influence\n +0 .*█/);
  });

  it("leaves out the least important block and a quarter of the neurons, and the result is a model", async () => {
    const { blocks } = await json<BlockRanking>("prune", model, "--rank", ...reading);
    const least = [...blocks].sort((a, b) => a.influence - b.influence)[0]!.block;
    const pruned = await json<PruneResult & { dropped: number[] }>("prune", model, "--blocks", "1", "--ffn", "0.75", ...reading);
    expect(pruned).toMatchObject({ blocks: 4, feedForward: 576, dropped: [least] });
    expect(statSync(pruned.path).size).toBe(pruned.bytes);
    const { rows } = await json<{ rows: MeasuredRow[] }>("measure", model, pruned.path, "--text", text, "--context", "128", "--chunks", "2");
    expect(rows[1]!.kl!.mean).toBeGreaterThan(0.01);
  });

  it("sets half of the weights to zero, by Wanda where there is a text", async () => {
    const sparse = await json<SparsifyResult>("prune", model, "--pattern", "2:4", ...reading, "--out", out("sparse.gguf"));
    expect(sparse.zeros).toBeCloseTo(0.5, 3);
    expect(sparse.bytes).toBeGreaterThan(0.99 * statSync(model).size);
    expect(await people("inspect", out("sparse.gguf"))).toMatch(/sparsify .*wanda/i);
  });
});

describe("quantize --rounding gptq", () => {
  it("is as large as plain rounding, and its matrices answer with less error", async () => {
    const gptq = await json<GptqResult>("quantize", model, "--type", "Q4_0", "--rounding", "gptq", ...reading, "--out", out("gptq.gguf"));
    const { bytes } = await json<{ bytes: number }>("quantize", model, "--type", "Q4_0", "--dry-run");
    expect(Math.abs(gptq.bytes - bytes)).toBeLessThan(1000);
    expect(gptq.outputError.compensated).toBeLessThan(gptq.outputError.plain);
  });
});

describe("adapters", () => {
  const adapter = (): string => out("adapter.gguf");

  it("are trained on texts, inspected, compared, merged, and extracted again", async () => {
    const trained = await json<TrainResult>("lora", "train", model, "--text", longer, ...training, "--learning-rate", "3e-3", "--rank", "2", "--out", adapter());
    expect(trained).toMatchObject({ path: adapter(), bytes: statSync(adapter()).size });
    expect(trained.bestStep).toBeGreaterThan(0);
    expect(trained.validationBest).toBeLessThan(trained.validationBefore);
    expect(trained.tokensPerSecond).toBeGreaterThan(0);
    const info = await json<AdapterInfo>("lora", "inspect", adapter());
    expect(info).toMatchObject({ architecture: "llama", ranks: [2, 2], alpha: 4, targets: expect.arrayContaining(["attn_q", "ffn_down"]) as string[] });
    expect(await people("lora", "inspect", adapter())).toMatch(/Rank +2\n/);

    const { rows } = await json<{ rows: MeasuredRow[] }>("lora", "compare", model, adapter(), "--scale", "0", ...reading);
    expect(rows.map(({ adapters }) => adapters?.length ?? 0)).toEqual([0, 1]);
    expect(rows[1]!.kl!.mean).toBeLessThan(1e-9);

    const merged = await json<MergeResult>("lora", "merge", model, adapter(), "--scale", "20", "--out", out("merged.gguf"));
    expect(merged.changed).toBe(25);
    const against = await json<{ rows: MeasuredRow[] }>("measure", merged.path, "--lora", `${adapter()}:20`, "--at", model, "--text", text, "--context", "128", "--chunks", "2");
    expect(against.rows[1]!.kl!.mean).toBeLessThan(1e-4);

    const extracted = await json<ExtractResult>("lora", "extract", model, merged.path, "--rank", "full", "--out", out("extracted.gguf"));
    expect(extracted.energy).toBeGreaterThan(0.999);
    expect(await people("lora", "extract", model, merged.path, "--rank", "1", "--out", out("extracted-1.gguf"))).toMatch(/Kept energy: [^]*The 5 that keep least:[^]*blk\./);
    expect(leftOver()).toEqual([]);
  }, 300_000);

  it("are trained on examples too", async () => {
    const examples = join(folder, "examples.jsonl");
    writeFileSync(examples, Array.from({ length: 12 }, (_, index) => JSON.stringify({ prompt: `Which law governs agreement ${index}?`, completion: "The laws of the State of New York." })).join("\n"));
    const trained = await json<TrainResult>("lora", "train", model, "--examples", examples, ...training, "--rank", "1", "--targets", "attn_q", "--out", out("examples.gguf"));
    expect((await json<AdapterInfo>("lora", "inspect", trained.path)).targets).toEqual(["attn_q"]);
  });
});

describe("distil", () => {
  it("teaches a quantized student with an adapter, and all weights of a pruned one", async () => {
    const student = out("sample-Q2_K.gguf");
    await json("quantize", model, "--type", "Q2_K", "--out", student);
    const adapted = await json<TrainResult>("distil", student, "--teacher", model, "--text", short, "--adapter", "--rank", "1", ...training, "--out", out("student-adapter.gguf"));
    expect(adapted.bytes).toBeLessThan(0.1 * statSync(student).size);
    await json("prune", model, "--drop", "1", "--out", out("pruned.gguf"));
    const { stdout, stderr } = await cli("distil", out("pruned.gguf"), "--teacher", model, "--text", short, ...training, "--out", out("healed.gguf"), "--threads", "1");
    expect(stderr).toMatch(/Step \d+ of \d+: loss [\d.]+, validation [\d.]+, \d+ tokens\/s/);
    expect(stdout).toMatch(/healed\.gguf: .* steps, [^]*Validation loss [\d.]+ → [\d.]+/);
    expect(existsSync(out("healed.gguf"))).toBe(true);
    expect(leftOver()).toEqual([]);
  });
});

describe("recipe", () => {
  it("presets are listed, and written to files of their own that are not overwritten", async () => {
    const presets = await json<{ id: string; recipe: CompressionRecipe }[]>("recipe", "presets");
    expect(presets.map(({ id }) => id)).toContain("prune-quantize-distil");
    const file = join(folder, "own.decant.json");
    await json("recipe", "new", "prune-quantize", "--model", model, "--out", file);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ version: 1, model: "sample-F16.gguf" });
    expect(await refusal("recipe", "new", "prune-quantize", "--out", file)).toMatch(/exists already/);
  });

  it("is planned, run, and taken again from what was kept", async () => {
    const file = join(folder, "two.decant.json");
    const recipe: CompressionRecipe = { version: 1, name: "Two steps", model: "sample-F16.gguf", seed: 1, steps: [{ kind: "prune", blocks: [1] }, { kind: "quantize", level: "Q4_0" }] };
    writeFileSync(file, JSON.stringify(recipe));
    const { estimates } = await json<{ estimates: StepEstimate[] }>("recipe", "plan", file, "--text", text);
    expect(estimates.map(({ problem }) => problem)).toEqual([undefined, undefined]);
    const run = ["recipe", "run", file, "--text", text, "--folder", join(folder, "results"), "--context", "64", "--chunks", "3"];
    const first = await json<RecipeResult>(...run);
    expect(first.steps.map(({ kept }) => kept ?? false)).toEqual([false, false]);
    for (const [index, { bytes }] of first.steps.entries()) expect(Math.abs(bytes / estimates[index]!.bytes - 1)).toBeLessThan(0.01);
    const again = await json<RecipeResult>(...run);
    expect(again.steps.map(({ kept }) => kept)).toEqual([true, true]);
    expect(again.steps.map(({ measured }) => measured?.kl?.mean)).toEqual(first.steps.map(({ measured }) => measured?.kl?.mean));
    expect(await people(...run)).toMatch(/Original .*\n1 Prune 1 block .*kept/);
  });

  it("stops at a gate that nobody is there to answer, and goes on with --yes", async () => {
    const file = join(folder, "gate.decant.json");
    const recipe: CompressionRecipe = { version: 1, name: "Gate", model: "sample-F16.gguf", seed: 1, steps: [{ kind: "prune", blocks: [1], gate: { maxKl: 1e-6, otherwise: "ask" } }, { kind: "quantize", level: "Q8_0" }] };
    writeFileSync(file, JSON.stringify(recipe));
    const run = ["recipe", "run", file, "--text", text, "--folder", join(folder, "gated"), "--context", "64", "--chunks", "3"];
    const failed = await cli(...run, "--json");
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringMatching(/Stopped after step 1: KL .* is above/) as string });
    const stopped = JSON.parse(failed.stdout) as RecipeResult;
    expect(stopped.stoppedAt).toBe(0);
    expect(stopped.steps).toHaveLength(1);
    expect((await json<RecipeResult>(...run, "--yes")).steps).toHaveLength(2);
  });
});

describe("bad input", () => {
  const named: Record<string, (() => string) | undefined> = { MODEL: () => model, TEXT: () => text, ONE: () => join(folder, "one.txt"), BROKEN: () => broken("broken.decant.json", "{") , OTHER: () => otherModel(), LORA: () => out("adapter.gguf") };

  it.each([
    [["prune", "MODEL"], /^Say what to do/],
    [["prune", "MODEL", "--drop", "9"], /9/],
    [["prune", "MODEL", "--drop", "0,1,2,3,4"], /block/],
    [["prune", "MODEL", "--blocks", "5"], /At least one of the 5 blocks must stay/],
    [["prune", "MODEL", "--drop", "1", "--out", "MODEL"], /exists already|overwrite/],
    [["quantize", "MODEL", "--type", "Q4_K_M", "--rounding", "gptq", "--text", "TEXT"], /--rounding gptq makes Q4_0, Q4_1, Q8_0, not Q4_K_M/],
    [["quantize", "MODEL", "--type", "Q4_0", "--text", "TEXT"], /--text goes with --rounding gptq/],
    [["distil", "MODEL", "--teacher", "MODEL", "--text", "ONE"], /tokens/],
    [["distil", "MODEL", "--teacher", "OTHER", "--text", "TEXT"], /vocabular/],
    [["lora", "train", "MODEL", "--text", "TEXT", "--targets", "attn_v"], /attn_v cannot learn/],
    [["lora", "train", "MODEL", "--examples", "TEXT"], /^Line 1 of the examples/],
    [["lora", "merge", "OTHER", "LORA"], /adapter/],
    [["lora", "merge", "MODEL", "MODEL"], /is no LoRA adapter/],
    [["lora", "inspect", "TEXT"], /not a GGUF file/],
    [["lora", "extract", "MODEL", "OTHER", "--rank", "4"], /./],
    [["recipe", "run", "nothing"], /^There is no file nothing, and no preset of that name: take prune-quantize-distil/],
    [["recipe", "run", "BROKEN", "--model", "MODEL"], /./],
    [["recipe", "run", "prune-quantize"], /names no model/],
  ])("%j fails with a sentence and leaves nothing", async (args, sentence) => {
    const given = args.map((arg) => named[arg]?.() ?? arg);
    const before = readdirSync(folder).sort();
    expect(await refusal(...given)).toMatch(sentence);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  function broken(name: string, content: string): string {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }
  function otherModel(): string {
    const path = join(folder, "other.gguf");
    if (!existsSync(path)) writeTinyModel(path);
    return path;
  }
});
