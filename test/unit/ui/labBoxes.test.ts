import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRecipe, recipeText } from "../../../src/core/recipes/recipeFile";
import { HumanError } from "../../../src/protocol/humanError";
import type { CompressionRecipe } from "../../../src/protocol/recipe";
import { CompressionLab } from "../../../src/services/lab/compressionLab";
import { newRecipe, withStep } from "../../../src/services/lab/recipeEdits";
import { LabBoxes } from "../../../src/ui/lab/labBoxes";
import { plainName } from "../../../src/ui/lab/recipeFiles";
import { aModel, original, ScriptedRunner, stepResult } from "../services/lab/labFixtures";

/** The editor's questions, answered in turn, and the files of the system. */
const editor = vi.hoisted(() => ({ answers: [] as (string | undefined)[], paths: [] as (string | undefined)[], questions: [] as string[], proposed: [] as string[] }));
vi.mock("vscode", async () => {
  const { stat, writeFile } = await import("node:fs/promises");
  const path = (): { fsPath: string } | undefined => {
    const fsPath = editor.paths.shift();
    return fsPath === undefined ? undefined : { fsPath };
  };
  return {
    Uri: { file: (fsPath: string) => ({ fsPath }) },
    workspace: { workspaceFolders: undefined, fs: { stat: ({ fsPath }: { fsPath: string }) => stat(fsPath), writeFile: ({ fsPath }: { fsPath: string }, bytes: Uint8Array) => writeFile(fsPath, bytes) } },
    window: {
      showWarningMessage: async (question: string) => {
        editor.questions.push(question);
        return editor.answers.shift();
      },
      showOpenDialog: async () => [path()].filter(Boolean),
      showSaveDialog: async ({ defaultUri }: { defaultUri: { fsPath: string } }) => {
        editor.proposed.push(defaultUri.fsPath);
        return path();
      },
    },
  };
});

const prune = { kind: "prune", blocks: { least: 1, by: "influence" } } as const;

describe("opening and saving recipes in the lab", () => {
  let root: string;
  let lab: CompressionLab;
  let boxes: LabBoxes;
  let untrusted: string | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "decant-recipes-"));
    Object.assign(editor, { answers: [], paths: [], questions: [], proposed: [] });
    untrusted = undefined;
    const model = async (path: string) => aModel(path);
    lab = new CompressionLab({
      runner: new ScriptedRunner(), pruning: { rank: () => { throw new Error("not asked"); } }, models: async () => [], model, folder: () => root, labelled: async () => [], content: async (path) => path,
      text: async (path) => () => ({ name: "a.txt", kind: "document", text: "a", path }), bundledText: async () => ({ name: "b", text: "b" }), requireTrust: async () => undefined,
      machine: () => undefined, measuring: () => ({ context: 128, chunks: 1 }), wait: 1,
    }, () => ({ name: "t.txt", kind: "document", text: "t", path: join(root, "texts", "t.txt") }));
    boxes = new LabBoxes({
      texts: { chooseForLearning: async () => undefined }, versions: { decant: "1", llamaCpp: "b1", node: "v20", platform: "linux-x64" }, threads: () => 1,
      requireTrust: async (path) => {
        if (path === untrusted) throw new HumanError("unsupported", "Not trusted.");
      },
    });
  });
  afterEach(() => {
    lab.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  function file(name: string, recipe: CompressionRecipe | object): string {
    const path = join(root, name);
    writeFileSync(path, "version" in recipe ? recipeText(recipe as CompressionRecipe) : JSON.stringify(recipe));
    return path;
  }

  it("saves with paths relative to the file, and opens as it was", async () => {
    await lab.chooseModel(join(root, "m", "pocket-F16.gguf"));
    lab.edit((recipe) => ({ ...withStep(recipe, prune), name: "My recipe: 1/2" }));
    mkdirSync(join(root, "r"));
    editor.paths = [join(root, "r", "mine.json")];
    expect(await boxes.save(lab)).toBe(true);
    expect(editor.proposed).toEqual([join(root, "m", "my-recipe-1-2.decant.json")]);
    const path = join(root, "r", "mine.decant.json");
    expect(parseRecipe(readFileSync(path, "utf8"))).toMatchObject({ model: "../m/pocket-F16.gguf", text: "../texts/t.txt", steps: [prune] });
    expect(lab.snapshot).toMatchObject({ file: path, changed: false });
    lab.edit((recipe) => withStep(recipe, prune));
    await boxes.save(lab);
    expect(editor.proposed).toHaveLength(1);
    await lab.setRecipe(newRecipe);
    editor.answers = ["Open"];
    await boxes.open(lab, path);
    expect(editor.questions.at(-1)).toBe("mine.decant.json uses files outside of its folder.");
    expect(lab.snapshot).toMatchObject({ name: "My recipe: 1/2", file: path, model: { path: join(root, "m", "pocket-F16.gguf") } });
    expect(lab.snapshot.steps).toHaveLength(2);
  });

  it("saves nothing that could not be opened again, and says why", async () => {
    lab.edit((recipe) => withStep(recipe, { kind: "merge", adapter: "", scale: 1 }));
    editor.paths = [join(root, "m.decant.json")];
    await expect(boxes.save(lab)).rejects.toThrow(/^Step 1 \(merge\): “adapter” must be a text of 1 to 1024/);
    lab.edit((recipe) => ({ ...recipe, steps: Array.from({ length: 21 }, () => prune) }));
    await expect(boxes.save(lab)).rejects.toThrow(/at most 20 steps/);
    expect(existsSync(join(root, "m.decant.json"))).toBe(false);
  });

  it("takes no name that the dialog did not ask about", async () => {
    const taken = file("taken.decant.json", newRecipe);
    const before = readFileSync(taken, "utf8");
    lab.edit((recipe) => withStep(recipe, prune));
    editor.paths = [join(root, "taken.json"), join(root, "taken.json"), join(root, "free.decant.json")];
    editor.answers = [undefined, "Replace"];
    expect(await boxes.save(lab)).toBe(false);
    expect([editor.questions, readFileSync(taken, "utf8")]).toEqual([["taken.decant.json exists already."], before]);
    expect(await boxes.save(lab)).toBe(true);
    expect(parseRecipe(readFileSync(taken, "utf8")).steps).toEqual([prune]);
  });

  it("a stranger's recipe reads files elsewhere only when the person wants it", async () => {
    const path = file("theirs.decant.json", { ...newRecipe, name: "Theirs", text: "../../secret.txt" });
    editor.answers = [undefined];
    await boxes.open(lab, path);
    expect(lab.snapshot.name).toBe("New recipe");
  });

  it("refuses recipes of a workspace that is not trusted, and tells what is broken in a file", async () => {
    untrusted = file("theirs.decant.json", { ...newRecipe, name: "Theirs" });
    await expect(boxes.open(lab, untrusted)).rejects.toThrow("Not trusted.");
    const broken = file("broken.decant.json", { steps: "none" });
    await expect(boxes.open(lab, broken)).rejects.toThrow(HumanError);
    await expect(boxes.open(lab, join(root, "gone.decant.json"))).rejects.toThrow(/gone\.decant\.json/);
    expect(lab.snapshot.name).toBe("New recipe");
  });

  it("asks before edits are lost", async () => {
    const path = file("other.decant.json", { ...newRecipe, name: "Other" });
    lab.edit((recipe) => withStep(recipe, prune));
    editor.answers = [undefined, "Save", "Don't Save"];
    await boxes.open(lab, path);
    await boxes.open(lab, path); // Stepped back from the save dialog.
    expect(lab.snapshot.name).toBe("New recipe");
    await boxes.open(lab, path);
    expect(lab.snapshot.name).toBe("Other");
    expect(editor.questions).toHaveLength(3);
  });

  it("asks before the results of a recipe that no file has are lost", async () => {
    const path = file("other.decant.json", { ...newRecipe, name: "Other" });
    const recipe = { ...newRecipe, name: "Prepared", steps: [prune] };
    await lab.setRecipe(recipe);
    expect(await boxes.mayReplace(lab)).toBe(true);
    await lab.restore({ ...lab.memory, recipe, saved: recipe, model: "/m/pocket-F16.gguf", content: "/m/pocket-F16.gguf", original, results: [stepResult(0)] });
    editor.answers = [undefined];
    expect(await boxes.open(lab, path)).toBeUndefined();
    expect(editor.questions).toEqual(["“Prepared” in the lab was run, and is in no file yet."]);
    lab.didSave(join(root, "prepared.decant.json"));
    expect(await boxes.open(lab, path)).toMatchObject({ name: "Other" });
    expect(editor.questions).toHaveLength(1);
  });

  it("puts a chosen file into the setting that asked for it", async () => {
    lab.edit((recipe) => withStep(recipe, { kind: "distil" }));
    editor.paths = [join(root, "teacher.gguf"), join(root, "x.jsonl")];
    await boxes.browseStep(lab, 0, "teacher");
    expect(lab.snapshot.steps[0]?.step).toEqual({ kind: "distil", teacher: join(root, "teacher.gguf") });
    await expect(boxes.browseStep(lab, 0, "examples")).rejects.toThrow("That step takes no such file.");
  });

  it("reports nothing before anything was run", async () => {
    await expect(boxes.exportReport(lab)).rejects.toThrow("There is nothing to report yet: run the recipe first.");
  });

  it("makes file names of any title", () => {
    expect(["Prune → quantize → distil", "../../etc", "Обрезка", "…", "x".repeat(99)].map(plainName)).toEqual(["prune-quantize-distil", "etc", "обрезка", "recipe", "x".repeat(60)]);
  });
});
