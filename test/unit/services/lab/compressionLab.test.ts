import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HumanError } from "../../../../src/protocol/humanError";
import type { ModelFile } from "../../../../src/protocol/model";
import type { RecipeStep, StepEstimate } from "../../../../src/protocol/recipe";
import { CompressionLab } from "../../../../src/services/lab/compressionLab";
import type { CompressionLabParts, LabMemory } from "../../../../src/services/lab/compressionLabParts";
import { groundOf } from "../../../../src/services/lab/recipeGround";
import { withoutStep, withStep, withStepChanged, withStepMoved } from "../../../../src/services/lab/recipeEdits";
import type { Job } from "../../../../src/services/ports";
import { aModel, estimate, original, ranking, ScriptedRunner, settled, stepResult } from "./labFixtures";

const prune: RecipeStep = { kind: "prune", blocks: { least: 1, by: "influence" } };
const quantize: RecipeStep = { kind: "quantize", level: "Q4_K_M" };
const distil: RecipeStep = { kind: "distil", teacher: "/m/teacher.gguf" };
const pocket = aModel("/m/pocket-F16.gguf");
const other = aModel("/m/other-F16.gguf", { family: "other" });

let runner: ScriptedRunner;
let lab: CompressionLab;
let text: string;
let refused: readonly string[];

function create(parts: Partial<CompressionLabParts> = {}): CompressionLab {
  const known = [pocket, other];
  return new CompressionLab({
    runner,
    pruning: { rank: () => rankingJob() },
    models: async () => known,
    model: async (path) => {
      const found = known.find((model) => model.path === path);
      if (!found) throw new HumanError("notFound", `There is no model at ${path}.`);
      return found;
    },
    content: async (path) => `content of ${path}`,
    text: async (path) => () => ({ name: "own.txt", kind: "document", text: "their own words", path }),
    bundledText: async () => ({ name: "bundled.txt", text: "bundled" }),
    requireTrust: async (path) => {
      if (refused.includes(path)) throw new HumanError("unsupported", `${path} is not trusted.`);
    },
    machine: () => undefined,
    folder: () => "/out",
    labelled: async () => [{ name: "a.txt", text: "a", spans: {} }],
    measuring: () => ({ context: 256, chunks: 4 }),
    wait: 1,
    ...parts,
  }, () => ({ name: "note.txt", kind: "document", text }));
}

async function* rankingJob(): Job<never, typeof ranking> {
  await settled();
  yield { kind: "result", result: ranking };
}

/** With a model and these steps, estimated. */
async function ready(...steps: readonly RecipeStep[]): Promise<void> {
  await lab.chooseModel(pocket.path);
  for (const step of steps) lab.edit((recipe) => withStep(recipe, step));
  await expect.poll(() => lab.snapshot.steps.every((step) => step.estimate)).toBe(true);
}

beforeEach(() => {
  [runner, text, refused] = [new ScriptedRunner(), "one two three", []];
  lab = create();
});
afterEach(() => lab.dispose());

describe("editing a recipe in the lab", () => {
  it("shows what was chosen, and asks the runtime nothing by itself", async () => {
    await lab.refreshModels();
    expect(lab.snapshot).toMatchObject({ models: [pocket, other], text: { name: "note.txt", kind: "document", words: 3 }, name: "New recipe", changed: false, steps: [], seed: 1 });
    expect(lab.snapshot.presets.length).toBeGreaterThan(3);
    await settled();
    expect(runner.estimated).toEqual([]);
  });

  it("adds, changes, moves and removes steps, and knows what is changed", async () => {
    await ready(prune, quantize);
    expect(lab.snapshot.changed).toBe(true);
    lab.edit((recipe) => withStepMoved(recipe, 1, 0));
    expect(lab.snapshot.steps.map(({ step }) => step)).toEqual([quantize, prune]);
    lab.edit((recipe) => withStepChanged(recipe, 0, { ...quantize, imatrix: true }));
    lab.edit((recipe) => withoutStep(recipe, 1));
    expect(lab.snapshot.steps.map(({ step }) => step)).toEqual([{ ...quantize, imatrix: true }]);
    lab.didSave("/r/mine.decant.json");
    expect(lab.snapshot).toMatchObject({ changed: false, file: "/r/mine.decant.json" });
    lab.edit((recipe) => ({ ...recipe, name: "Mine" }));
    expect(lab.snapshot.changed).toBe(true);
    lab.edit((recipe) => ({ ...recipe, name: "New recipe" }));
    expect(lab.snapshot.changed).toBe(false);
    expect(() => lab.edit((recipe) => withoutStep(recipe, 7))).toThrow("The recipe has no step 8.");
  });

  it("keeps the estimates of steps before an edit, and computes the rest anew once", async () => {
    await ready(prune, quantize);
    const asked = runner.estimated.length;
    lab.edit((recipe) => withStepChanged(recipe, 1, { kind: "quantize", level: "Q8_0" }));
    lab.edit((recipe) => withStepChanged(recipe, 1, { kind: "quantize", level: "Q6_K" }));
    expect(lab.snapshot.steps.map((step) => step.estimate)).toEqual([estimate, undefined]);
    await expect.poll(() => lab.snapshot.steps[1]?.estimate).toEqual(estimate);
    expect(runner.estimated.slice(asked).map(({ steps }) => steps[1])).toEqual([{ kind: "quantize", level: "Q6_K" }]);
  });

  it("a slow answer to an older question is not shown", async () => {
    await ready(prune);
    let answer: (values: readonly StepEstimate[]) => void = () => undefined;
    runner.estimates = () => new Promise((resolve) => (answer = resolve));
    lab.edit((recipe) => withStepChanged(recipe, 0, { kind: "prune", feedForward: 0.5 }));
    await expect.poll(() => runner.estimated.length).toBe(2);
    runner.estimates = async () => [{ ...estimate, bytes: 2 }];
    lab.edit((recipe) => withStepChanged(recipe, 0, { kind: "prune", feedForward: 0.75 }));
    await expect.poll(() => lab.snapshot.steps[0]?.estimate?.bytes).toBe(2);
    answer([{ ...estimate, bytes: 1 }]);
    await settled();
    expect(lab.snapshot.steps[0]?.estimate?.bytes).toBe(2);
  });

  it("tells in a sentence why nothing can be estimated", async () => {
    runner.estimates = async () => Promise.reject(new HumanError("unsupported", "Split models cannot be pruned."));
    await lab.chooseModel(pocket.path);
    lab.edit((recipe) => withStep(recipe, prune));
    await expect.poll(() => lab.snapshot.problem).toBe("Split models cannot be pruned.");
    runner.estimates = async () => [estimate];
    lab.edit((recipe) => withStepChanged(recipe, 0, { kind: "prune", feedForward: 0.5 }));
    expect(lab.snapshot.problem).toBeUndefined();
  });

  it("opens a recipe with its model and text; what is missing is told, and it runs on nothing else", async () => {
    await lab.chooseModel(pocket.path);
    await lab.setRecipe({ version: 1, name: "Theirs", seed: 7, steps: [prune], model: other.path, text: "/r/own.txt" }, { file: "/r/theirs.decant.json" });
    expect(lab.snapshot).toMatchObject({ name: "Theirs", seed: 7, model: other, text: { name: "own.txt", words: 3 }, file: "/r/theirs.decant.json", changed: false, problem: undefined });
    await lab.setRecipe({ version: 1, name: "Gone", seed: 1, steps: [], model: "/m/gone.gguf" });
    expect(lab.snapshot).toMatchObject({ name: "Gone", model: undefined, problem: "There is no model at /m/gone.gguf.", missing: "model", file: undefined });
    expect(lab.recipe).toMatchObject({ name: "Gone", model: "/m/gone.gguf", text: "/r/own.txt" });
    lab.edit((recipe) => withStep(recipe, prune));
    expect(lab.snapshot.problem).toBe("There is no model at /m/gone.gguf.");
    await expect(lab.run()).rejects.toThrow("There is no model at /m/gone.gguf.");
    await expect(lab.rank(false)).rejects.toThrow("There is no model at /m/gone.gguf.");
    await lab.chooseModel(other.path);
    expect(lab.snapshot).toMatchObject({ model: other, problem: undefined, missing: undefined });
    expect(lab.recipe.model).toBe(other.path);
  });

  it("does not run a recipe on another text than the one it names", async () => {
    lab.dispose();
    lab = create({ text: async (path) => Promise.reject(new HumanError("notFound", `There is no text at ${path}.`)) });
    await ready(prune);
    await lab.setRecipe({ version: 1, name: "Theirs", seed: 1, steps: [prune], text: "/r/gone.txt" });
    expect(lab.snapshot).toMatchObject({ problem: "There is no text at /r/gone.txt.", text: { name: "note.txt" } });
    expect(lab.recipe.text).toBe("/r/gone.txt");
    await settled();
    expect(lab.snapshot.steps[0]?.estimate).toBeUndefined();
    await expect(lab.run()).rejects.toThrow("There is no text at /r/gone.txt.");
    lab.setText(() => ({ name: "note.txt", kind: "document", text }));
    expect(lab.snapshot.problem).toBeUndefined();
    await expect.poll(() => lab.snapshot.steps[0]?.estimate).toEqual(estimate);
  });

  it("does not name the built-in model in a recipe that is saved", async () => {
    const builtIn = aModel("/extension/sample.gguf", { builtIn: true });
    lab.dispose();
    lab = create({ model: async () => builtIn });
    await lab.chooseModel(builtIn.path);
    expect(lab.recipe.model).toBeUndefined();
  });

  it("takes presets", async () => {
    const [preset] = lab.snapshot.presets;
    await lab.preset(preset!.id);
    expect(lab.snapshot.steps.length).toBeGreaterThan(1);
    expect(lab.snapshot.changed).toBe(false);
    await expect(lab.preset("nonsense")).rejects.toThrow('There is no preset "nonsense".');
  });

  it("reads nothing of a workspace that is not trusted", async () => {
    refused = ["/m/teacher.gguf"];
    await lab.chooseModel(pocket.path);
    lab.edit((recipe) => withStep(recipe, distil));
    await expect.poll(() => lab.snapshot.problem).toBe("/m/teacher.gguf is not trusted.");
    await expect(lab.run()).rejects.toThrow("/m/teacher.gguf is not trusted.");
    expect([runner.estimated, runner.runs]).toEqual([[], []]);
  });
});

describe("running a recipe in the lab", () => {
  it("needs a model and a step", async () => {
    await expect(lab.run()).rejects.toThrow("Choose a model first.");
    await lab.chooseModel(pocket.path);
    await expect(lab.run()).rejects.toThrow("The recipe has no steps yet. Add one, or take a preset.");
  });

  it("shows each result as it comes, and tells of each file once", async () => {
    const made: string[] = [];
    lab.onDidMake(({ path }) => made.push(path));
    await ready(prune, quantize);
    const running = lab.run();
    await runner.tell({ step: -1, label: "Measuring the original", fraction: 0.5 });
    expect(lab.snapshot.run).toMatchObject({ state: "running", step: -1, label: "Measuring the original", fraction: 0.5 });
    await runner.tell({ original, step: 0, results: [] });
    expect(lab.snapshot.original?.measured).toEqual(original.measured);
    await runner.tell({ original, step: 1, results: [stepResult(0)], points: [{ step: 1, loss: 2, learningRate: 0.1 }], tokensPerSecond: 9 });
    await runner.tell({ original, step: 1, results: [stepResult(0)] });
    expect(lab.snapshot.run?.points).toHaveLength(1);
    expect(lab.snapshot.steps.map(({ result }) => result?.path)).toEqual(["/out/0.gguf", undefined]);
    const results = [stepResult(0), stepResult(1)];
    await runner.tell({ result: { name: "New recipe", original, steps: results, path: "/out/1.gguf", seconds: 3, notes: ["The text is short."], texts: "a.txt, its last fifth measured on" } });
    await running;
    expect(lab.snapshot.texts).toBe("a.txt, its last fifth measured on");
    expect(lab.snapshot.run).toMatchObject({ state: "done", fraction: 1, sentence: "Done, 20 % smaller. The text is short." });
    expect(lab.result).toEqual({ name: "New recipe", original, steps: results, path: "/out/1.gguf", seconds: 3, adapter: undefined, notes: ["The text is short."], texts: "a.txt, its last fifth measured on" });
    expect(made).toEqual(["/out/0.gguf", "/out/1.gguf"]);
    expect(runner.runs[0]?.run).toMatchObject({ model: pocket, folder: "/out", text: { text: "one two three" }, measuringText: { name: "bundled.txt" }, context: 256, chunks: 4 });
    expect(runner.runs[0]?.run.labelled).toBeUndefined();
  });

  it("reads the text as it is when it runs", async () => {
    await ready(prune);
    text = "one two three four";
    const running = lab.run();
    await runner.tell({});
    expect(runner.runs[0]?.run.text.text).toBe("one two three four");
    expect(lab.snapshot.text.words).toBe(4);
    await lab.cancel();
    await running;
  });

  it("gives labelled contracts to gates that ask for clauses", async () => {
    await ready({ ...prune, gate: { minClauseF1: 0.3, otherwise: "stop" } });
    const running = lab.run();
    await runner.tell({});
    expect(runner.runs[0]?.run.labelled).toHaveLength(1);
    await lab.cancel();
    await running;
  });

  it("cannot be changed or run twice meanwhile", async () => {
    await ready(prune);
    const running = lab.run();
    await runner.tell({});
    expect(() => lab.edit((recipe) => withStep(recipe, quantize))).toThrow("The recipe is running. Pause or cancel it before you change it.");
    await expect(lab.run()).rejects.toThrow("running");
    await expect(lab.chooseModel(other.path)).rejects.toThrow("running");
    await lab.pause();
    await running;
  });

  it("is locked while trust is asked, and runs what was chosen then", async () => {
    let trusted: () => void = () => undefined;
    const asked: string[] = [];
    lab.dispose();
    lab = create({
      requireTrust: (path) => {
        asked.push(path);
        return new Promise((resolve) => (trusted = resolve));
      },
      wait: 1000,
    });
    await lab.setRecipe({ version: 1, name: "Mine", seed: 1, steps: [prune], model: pocket.path });
    const running = lab.run();
    expect(lab.isRunning).toBe(true);
    expect(() => lab.edit((recipe) => withStep(recipe, distil))).toThrow("running");
    await expect(lab.chooseModel(other.path)).rejects.toThrow("running");
    await expect(lab.setRecipe({ version: 1, name: "x", seed: 1, steps: [] })).rejects.toThrow("running");
    trusted();
    await runner.tell({});
    expect(asked).toEqual([pocket.path]);
    expect(runner.runs[0]).toMatchObject({ recipe: { name: "Mine", steps: [prune] }, run: { model: pocket } });
    await lab.pause();
    await running;
  });

  it("a model that is found only after a run has begun is not taken", async () => {
    let find: (model: ModelFile) => void = () => undefined;
    lab.dispose();
    lab = create({ model: (path) => (path === pocket.path ? Promise.resolve(pocket) : new Promise((resolve) => (find = resolve))) });
    await ready(prune);
    const choosing = lab.chooseModel(other.path);
    const running = lab.run();
    await runner.tell({});
    find(other);
    await expect(choosing).rejects.toThrow("running");
    expect(lab.snapshot.model).toEqual(pocket);
    await lab.pause();
    await running;
  });

  it("is paused while it is being prepared, and a refusal leaves everything as it was", async () => {
    let read: () => void = () => undefined;
    lab.dispose();
    lab = create({ labelled: () => new Promise((resolve) => (read = () => resolve([]))) });
    await ready({ ...prune, gate: { minClauseF1: 0.3, otherwise: "stop" } });
    const running = lab.run();
    await settled();
    const pausing = lab.pause();
    read();
    await Promise.all([pausing, running]);
    expect(lab.snapshot.run?.state).toBe("paused");
    expect(runner.runs).toEqual([]);
    refused = [pocket.path];
    await expect(lab.run()).rejects.toThrow("not trusted");
    expect(lab.snapshot.run?.state).toBe("paused");
    expect(lab.isRunning).toBe(false);
  });

  it("is cancelled where the labelled contracts cannot be read", async () => {
    let readable = true;
    lab.dispose();
    lab = create({ labelled: async () => (readable ? [] : Promise.reject(new Error("unreadable"))) });
    await ready({ ...prune, gate: { minClauseF1: 0.3, otherwise: "stop" } });
    const running = lab.run();
    await runner.tell({});
    readable = false;
    await lab.cancel();
    await running;
    expect(lab.snapshot.run?.state).toBe("stopped");
    expect(runner.discarded).toHaveLength(1);
  });

  it("pauses and goes on; results stand until the run has come to them again", async () => {
    await ready(prune, distil);
    const first = lab.run();
    await runner.tell({ original, step: 1, results: [stepResult(0)], points: [{ step: 5, loss: 2, learningRate: 0.1 }] });
    await lab.pause();
    await first;
    expect(lab.snapshot.run).toMatchObject({ state: "paused", label: "Working", step: 1, points: [{ step: 5 }] });
    expect(runner.discarded).toEqual([]);
    const second = lab.run();
    await runner.tell({ original, step: 0, results: [] });
    expect(lab.snapshot.steps[0]?.result?.path).toBe("/out/0.gguf");
    await runner.tell({ result: { name: "x", original, steps: [stepResult(0, { kept: true }), stepResult(1)], path: "/out/1.gguf", seconds: 3 } });
    await second;
    expect(lab.snapshot.steps[0]?.result?.kept).toBe(true);
  });

  it("cancelling drops what is unfinished, running or paused", async () => {
    await ready(prune, distil);
    const first = lab.run();
    await runner.tell({ original, step: 1, results: [stepResult(0)] });
    await lab.cancel();
    await first;
    expect(lab.snapshot.run).toMatchObject({ state: "stopped", sentence: "Cancelled. Files of finished steps stay where they are." });
    expect(runner.discarded).toHaveLength(1);
    const second = lab.run();
    await runner.tell({});
    await lab.pause();
    await second;
    await lab.cancel();
    expect(lab.snapshot.run?.state).toBe("stopped");
    expect(runner.discarded).toHaveLength(2);
  });

  it("asks when a gate asks: the answer goes back, and a pause ends the question", async () => {
    await ready(prune, quantize);
    const running = lab.run();
    await runner.tell({});
    const asked = runner.ask("KL 0.41 is above the 0.20 allowed.");
    expect(lab.snapshot.run).toMatchObject({ state: "asking", question: "KL 0.41 is above the 0.20 allowed." });
    lab.answer(true);
    expect(await asked).toBe(true);
    expect(lab.snapshot.run).toMatchObject({ state: "running", question: undefined });
    const again = runner.ask("Again.").catch((error: unknown) => error);
    await lab.pause();
    expect(await again).toMatchObject({ code: "cancelled" });
    await running;
    expect(lab.snapshot.run?.state).toBe("paused");
  });

  it("tells which gate stopped it", async () => {
    await ready(prune, quantize);
    const running = lab.run();
    const failed = stepResult(0, { gate: { passed: false, sentence: "KL 0.41 is above the 0.20 allowed after “Prune 1 block”." } });
    await runner.tell({ result: { name: "x", original, steps: [failed], path: failed.path, stoppedAt: 0, seconds: 3 } });
    await running;
    expect(lab.snapshot.run).toMatchObject({ state: "stopped", step: 0, sentence: "KL 0.41 is above the 0.20 allowed after “Prune 1 block”." });
    expect(lab.result?.stoppedAt).toBe(0);
  });

  it("tells a failure in its sentence, and can be run again", async () => {
    await ready(prune);
    const running = lab.run();
    await runner.tell(new HumanError("diskFull", "The disk is full."));
    await running;
    expect(lab.snapshot.run).toMatchObject({ state: "failed", sentence: "The disk is full." });
    expect(lab.isRunning).toBe(false);
  });

  it("results hold for the steps before an edit, and for nothing on another model or text", async () => {
    await ready(prune, quantize);
    const run = async (): Promise<void> => {
      const running = lab.run();
      await runner.tell({ result: { name: "x", original, steps: [stepResult(0), stepResult(1)], path: "/out/1.gguf", seconds: 3, notes: ["The text is short."] } });
      await running;
    };
    await run();
    lab.edit((recipe) => ({ ...recipe, name: "Another name" }));
    expect(lab.snapshot.run?.state).toBe("done");
    lab.edit((recipe) => withStepChanged(recipe, 1, { kind: "quantize", level: "Q8_0" }));
    expect(lab.snapshot.steps.map(({ result }) => result !== undefined)).toEqual([true, false]);
    expect(lab.snapshot.run).toBeUndefined();
    expect(lab.result).toMatchObject({ seconds: 1 }); // Of the one step that is left, not of the whole run.
    expect(lab.result?.notes).toBeUndefined();
    await run();
    lab.setText(() => ({ name: "b.txt", kind: "document", text: "other words" }));
    expect(lab.snapshot.steps.some(({ result }) => result)).toBe(false);
    expect(lab.snapshot.original).toBeUndefined();
    await run();
    await lab.chooseModel(other.path);
    expect(lab.snapshot.steps.some(({ result }) => result)).toBe(false);
  });
});

describe("what the lab remembers", () => {
  it("ranks the blocks; another model has another ranking", async () => {
    await expect(lab.rank(false)).rejects.toThrow("Choose a model first.");
    await lab.chooseModel(pocket.path);
    const ranked = lab.rank(false);
    expect(lab.snapshot.rankingProgress).toEqual({ fraction: 0 });
    await expect(lab.rank(true)).rejects.toThrow("being ranked already");
    await ranked;
    expect(lab.snapshot).toMatchObject({ ranking, rankingProgress: undefined });
    await lab.chooseModel(other.path);
    expect(lab.snapshot.ranking).toBeUndefined();
  });

  it("ranks on the words that a step learns from, never on those that are measured", async () => {
    const read: [text: string, wish: object][] = [];
    lab.dispose();
    lab = create({
      pruning: {
        rank: (_model, { text: words }, wish) => {
          read.push([words, wish]);
          return rankingJob();
        },
      },
    });
    text = Array.from({ length: 2000 }, (_, index) => `word${index}`).join(" ");
    await lab.chooseModel(pocket.path);
    await lab.rank(true);
    const learning = groundOf({ version: 1, name: "", seed: 1, steps: [prune] }, { name: "note.txt", text }, undefined).learning.text;
    expect(learning.length).toBeLessThan(0.9 * text.length);
    // As much of them as a step reads, so that both find the same blocks.
    expect(read).toEqual([[learning, { leaveOut: true }]]);
  });

  it("ranks no model of a workspace that is not trusted", async () => {
    await lab.chooseModel(pocket.path);
    refused = [pocket.path];
    await expect(lab.rank(false)).rejects.toThrow("not trusted");
  });

  it("a ranking that is cancelled leaves none", async () => {
    await lab.chooseModel(pocket.path);
    const ranked = lab.rank(false);
    await lab.cancel();
    await ranked;
    expect(lab.snapshot).toMatchObject({ ranking: undefined, rankingProgress: undefined });
    expect(runner.discarded).toEqual([]);
  });

  it("finds what an earlier session left unfinished, and drops it when asked", async () => {
    runner.left = { step: 1, checkpoint: { folder: "/out/x", student: "s", output: "o", step: 120, steps: 400, points: [] } };
    await ready(prune, distil);
    expect(lab.snapshot.unfinished).toEqual({ step: 120, of: 400, label: "Distil" });
    runner.left = undefined;
    await lab.cancel();
    expect(lab.snapshot.unfinished).toBeUndefined();
    expect(runner.discarded).toHaveLength(1);
  });

  it("comes back after the window was closed, with results where model and text are the same", async () => {
    await ready(prune, quantize);
    await lab.rank(false);
    const running = lab.run();
    await runner.tell({ result: { name: "x", original, steps: [stepResult(0), stepResult(1)], path: "/out/1.gguf", seconds: 3 } });
    await running;
    const memory = JSON.parse(JSON.stringify(lab.memory)) as LabMemory;
    const shown = ({ steps, original: whole, ranking: ranked, changed, name }: CompressionLab["snapshot"]) => ({ results: steps.map(({ result }) => result?.path), whole, ranked, changed, name });

    const same = create();
    await same.restore(memory);
    expect(shown(same.snapshot)).toEqual(shown(lab.snapshot));
    same.dispose();

    text = "it was written on";
    const changed = create();
    await changed.restore(memory);
    expect(shown(changed.snapshot)).toEqual({ results: [undefined, undefined], whole: undefined, ranked: undefined, changed: true, name: "New recipe" });
    changed.dispose();
  });

  it("a model that was made anew under its name is another one", async () => {
    let models: readonly ModelFile[] = [pocket];
    lab.dispose();
    let content = "first";
    lab = create({ models: async () => models, content: async () => content });
    await ready(prune);
    await lab.rank(false);
    const memory = lab.memory;
    models = [{ ...pocket, name: "found again" }];
    await lab.refreshModels();
    expect(lab.snapshot).toMatchObject({ model: { name: "found again" }, ranking });
    content = "of the same length";
    await lab.refreshModels();
    expect(lab.snapshot.ranking).toBeUndefined();
    await lab.restore(memory);
    expect(lab.snapshot.ranking).toBeUndefined();
    content = "first";
    await lab.refreshModels();
    await lab.restore(memory);
    expect(lab.snapshot.ranking).toEqual(ranking);
  });
});
