import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HumanError } from "../../../../src/protocol/humanError";
import type { ModelFile } from "../../../../src/protocol/model";
import type { RecipeProgress, RecipeResult, RecipeStep, StepResult } from "../../../../src/protocol/recipe";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { modelAt } from "../../../../src/services/lab/modelAt";
import { type RecipeRun, RecipeRunner } from "../../../../src/services/lab/recipeRunner";
import { blocksOfTiny, LabRuntime, tinyLlama } from "./labRuntime";

const adapter = { rank: 2, alpha: 4, targets: ["attn_q", "ffn_up"] };
const prune: RecipeStep = { kind: "prune", blocks: { least: 1, by: "influence" } };
const quantize: RecipeStep = { kind: "quantize", level: "Q4_0" };
const distil: RecipeStep = { kind: "distil", adapter };
const chain = [prune, quantize, distil];
/** 2,400 words in 120 paragraphs. */
const text = { name: "contract.txt", text: Array.from({ length: 120 }, (_, number) => `Paragraph ${number}. ${"word ".repeat(18)}`).join("\n\n") };

let folder: string;
let runtime: LabRuntime;
let model: ModelFile;
let progress: RecipeProgress[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-recipe-"));
  runtime = new LabRuntime();
  const path = join(folder, "tiny-F32.gguf");
  await writeFile(path, tinyLlama(blocksOfTiny, "original"));
  model = await modelAt(path);
  progress = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function recipe(steps: readonly RecipeStep[]) {
  return { version: 1, name: "My recipe", seed: 7, steps } as const;
}
const place = () => ({ model, text, folder: join(folder, "out") });

async function run(steps: readonly RecipeStep[], more: Partial<RecipeRun> = {}, source = new CancellationTokenSource(), meanwhile?: (progress: RecipeProgress) => void): Promise<RecipeResult> {
  for await (const event of new RecipeRunner(runtime.parts(folder)).run(recipe(steps), { ...place(), text, ...more }, source.token)) {
    if (event.kind === "result") return event.result;
    progress.push(event.progress);
    meanwhile?.(event.progress);
  }
  throw new Error("There was no result.");
}
const files = async () => (await readdir(join(folder, "out")).catch(() => [])).sort();
/** Without the keys in their names. */
const keyless = (name: string) => name.replace(/(my-recipe-\d)-[0-9a-f]{6}-/, "$1-");
const made = async () => (await files()).map(keyless);
const wrongly = (steps: readonly RecipeStep[], more: Partial<RecipeRun> = {}) => run(steps, more).then(() => "ran", (error: unknown) => (error as Error).message);

describe("running a recipe", () => {
  it("does the steps in turn, each on the result of the one before, and measures each against the original", async () => {
    const result = await run(chain);
    expect(runtime.asked).toEqual(["measure", "rank", "prune", "measure", "quantize", "measure", "train", "measure"]);
    expect(runtime.prunes[0]).toMatchObject({ input: model.path, dropBlocks: [1] });
    expect(runtime.quantizations[0]?.input).toBe(result.steps[0]?.path);
    expect(runtime.trainings[0]).toMatchObject({ student: result.steps[1]?.path, teacher: model.path, adapter, settings: { seed: 7 } });
    expect(runtime.measurements.map(({ base, variants, adapted }) => [base === model.path, variants.length, adapted?.length ?? 0])).toEqual([[true, 0, 0], [true, 1, 0], [true, 1, 0], [true, 0, 1]]);
    expect(runtime.measurements.every(({ otherShapes }) => otherShapes)).toBe(true);
    expect(await made()).toEqual(["tiny-my-recipe-1-pruned-1.gguf", "tiny-my-recipe-2-Q4_0.gguf", "tiny-my-recipe-3-Q4_0-distil-adapter.gguf"]);
    expect(result).toMatchObject({ name: "My recipe", path: result.steps[1]?.path });
    expect(keyless(result.adapter!)).toBe(join(folder, "out", "tiny-my-recipe-3-Q4_0-distil-adapter.gguf"));
    expect(result.steps[0]).toMatchObject({ notes: ["Left out block 1."], measured: { kl: { mean: 0.1 } } });
    expect(result.steps[2]?.points).toHaveLength(2);
    expect(result.texts).toBe("contract.txt, its last fifth measured on");
  });

  it("never learns from what it measures on", async () => {
    await run(chain);
    const learnt = runtime.trainings[0]?.data;
    const words = learnt?.kind === "texts" ? learnt.texts[0]!.text : "";
    const measured = runtime.measurements[0]!.text;
    expect(`${words} \n\n${measured}`).toBe(text.text.trim());
    expect(runtime.rankings[0]?.texts[0]?.text).toBe(words);
    expect(measured.startsWith("Paragraph ")).toBe(true);
    expect(measured.length / text.text.length).toBeCloseTo(0.2, 1);
  });

  it("tells where it stands: steps, shares from 0 to 1, points of the training, results so far", async () => {
    await run(chain);
    expect(progress[0]).toMatchObject({ step: -1, label: "Checking the recipe" });
    for (const step of [-1, 0, 1, 2]) {
      const fractions = progress.filter((one) => one.step === step).map(({ fraction }) => fraction);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(Math.max(...fractions)).toBeLessThanOrEqual(1);
    }
    expect(progress.find(({ label }) => label.startsWith("Training, step 1 of 2"))).toMatchObject({ step: 2, tokensPerSecond: 100, points: [{ step: 1, loss: 3 }], original: { path: model.path } });
    expect(progress.at(-1)?.results).toHaveLength(3);
  });

  it("measures on another text, and says so, when the own one is too short to be divided", async () => {
    const other = { name: "bundled.txt", text: "other ".repeat(2000) };
    const result = await run([prune], { text: { name: "short.txt", text: "word ".repeat(200) }, measuringText: other });
    expect(runtime.measurements[0]?.text).toBe(other.text);
    expect(result.texts).toBe("short.txt, measured on bundled.txt");
    expect(result.notes).toEqual(["short.txt is too short to hold a fifth of it back, so the results are measured on bundled.txt."]);
    expect(await wrongly([prune], { text: { name: "short.txt", text: "word ".repeat(200) } })).toMatch(/^short\.txt is too short: a fifth of it is held back/);
  });

  it("makes importance matrices of the step's own model where they are needed", async () => {
    await run([{ kind: "prune", feedForward: 0.5 }, { kind: "sparsify", method: "wanda", sparsity: 0.5 }, { kind: "quantize", level: "Q4_0", imatrix: true }]);
    expect(runtime.calibrations.map(({ model: path }) => keyless(path))).toEqual([model.path, keyless(runtime.prunes[0]!.output), join(folder, "out", "tiny-my-recipe-2-sparse-50.gguf")]);
    expect(runtime.prunes[0]).toMatchObject({ feedForward: 32, imatrix: runtime.calibrations[0]?.output, dropBlocks: [] });
    expect(runtime.quantizations[0]?.recipe.imatrix).toBe(runtime.calibrations[2]?.output);
  });

  it("tells what GPTQ's compensation won", async () => {
    const result = await run([{ ...quantize, rounding: "gptq" }]);
    expect(result.steps[0]?.notes).toEqual(["Error of the matrices' outputs on the text: 0.10 instead of 0.20 with plain rounding."]);
  });

  it("merges an adapter that others follow", async () => {
    const result = await run([{ ...distil, merge: true }, quantize]);
    expect(runtime.asked).toEqual(["measure", "train", "merge", "measure", "quantize", "measure"]);
    expect(keyless(result.path)).not.toBe(result.path);
    expect(keyless(result.steps[0]!.path)).toBe(join(folder, "out", "tiny-my-recipe-1-distilled.gguf"));
    expect(result.adapter).toBeUndefined();
    expect(await made()).toContain("tiny-my-recipe-1-distil-adapter.gguf");
  });

  it("reads labelled contracts of every model that has no adapter beside it", async () => {
    const labelled = [{ name: "a", text: "a", spans: {} }];
    const result = await run(chain, { labelled });
    expect([result.original.clauseF1, ...result.steps.map(({ clauseF1 }) => clauseF1)].map((f1) => f1 !== undefined)).toEqual([true, true, true, false]);
    expect(result.steps[2]?.notes.at(-1)).toMatch(/Clause F1 is measured of models without an adapter/);
  });

  it("keeps the file of what cannot be measured, and its gate does not pass", async () => {
    runtime.fault = (call) => (call === "measure" && runtime.measurements.length > 1 ? new HumanError("failed", "It answers with no numbers.") : undefined);
    const result = await run([{ ...quantize, gate: { maxKl: 1, otherwise: "stop" } }, distil]);
    expect(result.steps).toHaveLength(1);
    expect(result.steps[0]).toMatchObject({ notes: ["It could not be measured: It answers with no numbers."], gate: { passed: false } });
  });
});

describe("quality gates", () => {
  const gated = (otherwise: "stop" | "ask"): RecipeStep[] => [{ ...prune, gate: { maxKl: 0.2, otherwise } }, quantize];
  const sentence = "KL 0.41 is above the 0.20 allowed after “Prune 1 block”.";
  beforeEach(() => {
    runtime.kl = (path) => (path.includes("pruned") ? 0.41 : 0.1);
  });

  it("stop a recipe, and what was made stays", async () => {
    const result = await run(gated("stop"), { ask: async () => true });
    expect(result).toMatchObject({ stoppedAt: 0, steps: [{ gate: { passed: false, sentence } }] });
    expect(runtime.asked).not.toContain("quantize");
    expect(await made()).toEqual(["tiny-my-recipe-1-pruned-1.gguf"]);
  });

  it("ask, and follow the answer", async () => {
    const asked: string[] = [];
    const answering = (answer: boolean) => ({ ask: async (question: string) => { asked.push(question); return answer; } });
    expect((await run(gated("ask"), answering(false))).stoppedAt).toBe(0);
    expect((await run(gated("ask"), answering(true))).stoppedAt).toBeUndefined();
    expect(asked).toEqual([sentence, sentence]);
    expect((await run(gated("ask"))).stoppedAt).toBe(0);
  });

  it("let what passes go on, and do not ask after the last step", async () => {
    const result = await run([quantize, { ...prune, gate: { maxKl: 0.2, otherwise: "ask" } }], { ask: () => Promise.reject(new Error("asked")) });
    expect(result.stoppedAt).toBeUndefined();
    expect((await run([{ ...quantize, gate: { maxKl: 0.2, otherwise: "stop" } }])).steps[0]?.gate?.passed).toBe(true);
  });

  it("end the run when the question itself is cancelled", async () => {
    expect(await wrongly(gated("ask"), { ask: () => Promise.reject(HumanError.cancelled()) })).toBe("Cancelled.");
  });
});

describe("running it again", () => {
  it("takes everything from before", async () => {
    const first = await run(chain);
    runtime.asked.length = 0;
    const second = await run(chain);
    expect(runtime.asked).toEqual([]);
    expect(second.steps).toEqual(first.steps.map((step) => ({ ...step, kept: true })));
    expect({ ...second, seconds: 0, steps: [] }).toEqual({ ...first, seconds: 0, steps: [] });
  });

  it("makes anew what was deleted or is asked for otherwise, and what follows from that", async () => {
    const first = await run(chain);
    runtime.asked.length = 0;
    await rm(first.steps[1]!.path);
    const second = await run(chain);
    expect(runtime.asked).toEqual(["quantize", "measure", "train", "measure"]);
    expect(second.steps.map(({ kept }) => kept === true)).toEqual([true, false, false]);
    runtime.asked.length = 0;
    await run([{ kind: "prune", blocks: [0] }, ...chain.slice(1)]);
    expect(runtime.asked).toEqual(["prune", "measure", "quantize", "measure", "train", "measure"]);
  });

  it("does not mind another gate, and forgets everything when it is to restart", async () => {
    await run([prune]);
    runtime.asked.length = 0;
    await run([{ ...prune, gate: { maxKl: 1, otherwise: "stop" } }]);
    expect(runtime.asked).toEqual([]);
    await run([prune], { restart: true });
    expect(runtime.asked).toEqual(["prune", "measure"]);
  });

  it("measures again when the text is another, but prunes fixed blocks only once", async () => {
    const fixed: RecipeStep = { kind: "prune", blocks: [0] };
    await run([fixed]);
    runtime.asked.length = 0;
    await run([fixed], { text: { name: "b.txt", text: `${text.text} And more.` } });
    expect(runtime.asked).toEqual(["measure", "measure"]);
  });

  it("never writes over a file that it did not make", async () => {
    const [{ path }] = (await run([quantize])).steps as [StepResult];
    await writeFile(path, tinyLlama(1, "somebody's own"));
    runtime.asked.length = 0;
    expect(await wrongly([quantize])).toBe(`${basename(path)} exists already, and nothing is noted of a recipe that made it as it is: move it, or choose another folder.`);
    expect(runtime.asked).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});

describe("stopping and failing", () => {
  it.each([0, 1, 2])("cancelling step %d leaves the files of the steps before, and running again goes on there", async (at) => {
    const source = new CancellationTokenSource();
    const cancelled = run(chain, {}, source, ({ step }) => step === at && source.cancel());
    await expect(cancelled).rejects.toThrow("Cancelled.");
    expect((await made()).filter((name) => name.endsWith(".gguf"))).toHaveLength(at);
    runtime.asked.length = 0;
    const result = await run(chain);
    expect(result.steps.map(({ kept }) => kept === true)).toEqual([0, 1, 2].map((step) => step < at));
  });

  it("keeps the checkpoint of a training that was cancelled, tells of it, goes on with it, or drops it", async () => {
    const source = new CancellationTokenSource();
    await expect(run(chain, {}, source, ({ step, points }) => step === 2 && points && source.cancel())).rejects.toThrow("Cancelled.");
    const runner = new RecipeRunner(runtime.parts(folder));
    expect(await runner.unfinished(recipe(chain), place())).toMatchObject({ step: 2, checkpoint: { step: 1, steps: 2, student: runtime.quantizations[0]?.output } });
    await run(chain);
    expect(runtime.trainings.map(({ restart }) => restart)).toEqual([false, false]);
    expect(await runner.unfinished(recipe(chain), place())).toBeUndefined();

    const again = new CancellationTokenSource();
    const other: RecipeStep[] = [prune, quantize, { ...distil, settings: { epochs: 9 } }];
    await expect(run(other, {}, again, ({ step, points }) => step === 2 && points && again.cancel())).rejects.toThrow("Cancelled.");
    await runner.discard(recipe(other), place());
    expect(await runner.unfinished(recipe(other), place())).toBeUndefined();
    expect((await made()).filter((name) => name.includes("training"))).toEqual([]);
    await runner.discard(recipe(other), place());
  });

  it("keeps unfinished trainings of other settings and other texts apart, and never drops one unasked", async () => {
    const source = new CancellationTokenSource();
    await expect(run(chain, {}, source, ({ step, points }) => step === 2 && points && source.cancel())).rejects.toThrow("Cancelled.");
    const other = [prune, quantize, { ...distil, settings: { epochs: 5 } }];
    const runner = new RecipeRunner(runtime.parts(folder));
    expect(await runner.unfinished(recipe(other), place())).toBeUndefined();
    expect(await runner.unfinished(recipe(chain), { ...place(), text: { ...text, text: `And ${text.text}` } })).toBeUndefined();
    await run(other);
    expect(runtime.trainings.at(-1)?.restart).toBe(false);
    expect(await runner.unfinished(recipe(chain), place())).toMatchObject({ step: 2 });
  });

  it("goes on with a training of which nothing is noted, e.g. one begun on the command line", async () => {
    const source = new CancellationTokenSource();
    await expect(run([distil], {}, source, ({ points }) => points && source.cancel())).rejects.toThrow("Cancelled.");
    await rm(join(folder, "store"), { recursive: true });
    await run([distil]);
    expect(runtime.trainings.map(({ restart, output }) => [restart, output])).toEqual(Array(2).fill([false, runtime.trainings[0]!.output]));
  });

  it("leaves a person's file alone that got the name of a cancelled step's", async () => {
    const source = new CancellationTokenSource();
    await expect(run([quantize], {}, source, ({ step }) => step === 0 && source.cancel())).rejects.toThrow("Cancelled.");
    const { output } = runtime.quantizations[0]!;
    await writeFile(output, "somebody's own");
    expect(await wrongly([quantize])).toMatch(/exists already/);
    expect(await readFile(output, "utf8")).toBe("somebody's own");
  });

  it.each<readonly [string, readonly RecipeStep[], Partial<RecipeRun>]>([
    ["edited", [{ ...distil, settings: { epochs: 9 } }], {}], ["restarted", [distil], { restart: true }],
  ])("when %s, a training that is cancelled leaves the finished one of before", async (_, steps, more) => {
    const before = (await run([distil])).adapter!;
    const bytes = await readFile(before);
    const source = new CancellationTokenSource();
    await expect(run(steps, more, source, ({ points }) => points && source.cancel())).rejects.toThrow("Cancelled.");
    expect(await readFile(before)).toEqual(bytes);
    runtime.asked.length = 0;
    expect((await run([distil])).steps[0]?.kept).toBe(true);
    expect(runtime.asked).toEqual([]);
  });

  it("puts a finished result back that stood aside when the program was killed, and drops it once its successor is there", async () => {
    const path = (await run([quantize])).path;
    await rename(path, `${path}.earlier`);
    runtime.asked.length = 0;
    expect((await run([quantize])).steps[0]?.kept).toBe(true);
    await run([quantize], { restart: true });
    expect(await files()).toEqual([basename(path)]);
  });

  it.each(["measure", "rank", "prune", "quantize", "train"])("tells why %s failed and leaves nothing of it", async (call) => {
    runtime.fault = (one) => (one === call ? new HumanError("diskFull", "The disk is full.") : undefined);
    expect(await wrongly(chain)).toBe("The disk is full.");
    const finished = { measure: 0, rank: 0, prune: 0, quantize: 1, train: 2 }[call];
    expect((await made()).filter((name) => name.endsWith(".gguf"))).toHaveLength(finished!);
  });
});

describe("what is told before the first step", () => {
  it.each<readonly [string, readonly RecipeStep[], RegExp]>([
    ["no steps", [], /^The recipe has no steps/],
    ["too many blocks", [{ kind: "prune", blocks: { least: 4, by: "influence" } }], /^Step 1, “Prune 4 blocks”: At least one of the 4 blocks must stay/],
    ["blocks that are gone", [prune, { kind: "prune", blocks: [3] }], /^Step 2, “Prune 1 block”: This model has no block 3/],
    ["nothing to prune", [{ kind: "prune" }], /^Step 1, “Prune nothing”: Nothing would be left out/],
    ["a step after an adapter", [distil, quantize], /^Step 2, “Quantize to Q4_0”: “Distil an adapter of rank 2” leaves its adapter beside the model/],
    ["weights that cannot learn", [quantize, { kind: "distil" }], /^Step 2, “Distil”: All weights of a Q4_0 model cannot learn/],
    ["a level that needs a matrix", [{ kind: "quantize", level: "IQ2_XS" }], /IQ2_XS needs an importance matrix/],
    ["a file that is not there", [{ kind: "merge", adapter: "/nowhere/a.gguf", scale: 1 }], /^Step 1, “Merge a\.gguf”: There is no file at/],
    ["examples that are not there", [{ kind: "lora", adapter, examples: "/nowhere/a.jsonl" }], /There is no file of examples at/],
    ["matrices that it has not", [{ kind: "distil", adapter: { ...adapter, targets: ["ssm_in"] } }], /The model has no matrices called “ssm_in”\. Targets can be attn_q, /],
    ["a rank that is too large", [{ kind: "distil", adapter: { ...adapter, rank: 1000 } }], /^Step 1.*rank of the adapter must be a whole number from 1 to 32, not 1000/],
    ["matrices that cannot learn", [prune, { kind: "distil", adapter: { ...adapter, targets: ["attn_v"] } }], /^Step 2.*attn_v cannot learn/],
    ["a context that the model was not trained for", [{ kind: "distil", adapter, settings: { context: 4096 } }], /^Step 1.*was trained for a context of 128 tokens/],
    ["settings that cannot be", [{ kind: "distil", adapter, settings: { context: 128, piece: 100 } }], /^Step 1.*piece must divide the context/],
    ["clauses without contracts", [{ ...quantize, gate: { minClauseF1: 0.5, otherwise: "stop" } }], /there are no labelled contracts/],
  ])("%s", async (_, steps, sentence) => {
    expect(await wrongly(steps)).toMatch(sentence);
    expect(runtime.asked).toEqual([]);
    expect(await made()).toEqual([]);
  });

  it("a text too short to learn from", async () => {
    expect(await wrongly([distil], { text: { name: "a.txt", text: "word ".repeat(40) }, measuringText: text })).toMatch(/training needs two sequences of 128/);
  });
});

it("an adapter changes what the model has of the usual matrices, and says what it has not", async () => {
  const all = { rank: 2, alpha: 4, targets: ["attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"] };
  await writeFile(model.path, tinyLlama(blocksOfTiny, "", ["ffn_gate", "ffn_up", "ffn_down"]));
  const result = await run([{ kind: "distil", adapter: all }], { model: await modelAt(model.path) });
  expect(runtime.trainings[0]?.adapter?.targets).toEqual(["attn_q", "attn_output"]);
  expect(result.steps[0]?.notes).toEqual(["The model has no matrices ffn_gate, ffn_up, ffn_down: the adapter changes attn_q, attn_output."]);
});
