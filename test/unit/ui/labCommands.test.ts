import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import type { CompressionRecipe } from "../../../src/protocol/recipe";
import { CompressionLab } from "../../../src/services/lab/compressionLab";
import { newRecipe, withStep } from "../../../src/services/lab/recipeEdits";
import { LabCommands, type LabCommandParts } from "../../../src/ui/lab/labCommands";
import { aModel, ScriptedRunner } from "../services/lab/labFixtures";

const editor = vi.hoisted(() => {
  class Uri {
    readonly scheme = "file";
    constructor(readonly fsPath: string) {}
  }
  return { Uri, picks: [] as string[], found: [] as string[], offered: [] as string[] };
});
vi.mock("vscode", () => ({
  Uri: editor.Uri,
  workspace: { findFiles: async () => editor.found.map((path) => new editor.Uri(path)) },
  window: {
    showQuickPick: async (items: readonly { readonly label: string }[]) => {
      editor.offered = items.map(({ label }) => label);
      return items.find(({ label }) => label === editor.picks[0]);
    },
    showOpenDialog: async () => [new editor.Uri("/elsewhere/x.decant.json")],
  },
}));

const original = aModel("/m/pocket-F16.gguf");
const level = aModel("/m/pocket-Q2_K.gguf", { type: "Q2_K" });

describe("the commands that lead into the lab", () => {
  let lab: CompressionLab;
  let commands: LabCommands;
  let shown: number;
  let opened: unknown[];
  let mayReplace: boolean;
  let readable: CompressionRecipe | undefined;
  let asked: string[];
  let ran: unknown[];

  beforeEach(() => {
    Object.assign(editor, { picks: [], found: [], offered: [] });
    [shown, opened, mayReplace, readable, asked, ran] = [0, [], true, newRecipe, [], []];
    lab = new CompressionLab({
      runner: new ScriptedRunner(), pruning: { rank: () => { throw new Error("not asked"); } }, models: async () => [], model: async (path) => (path === level.path ? level : original), folder: () => "/out",
      labelled: async () => [], content: async (path) => path, text: async () => () => ({ name: "a", kind: "document", text: "a" }), bundledText: async () => ({ name: "b", text: "b" }), requireTrust: async () => undefined,
      machine: () => undefined, measuring: () => ({ context: 128, chunks: 1 }), wait: 1,
    }, () => ({ name: "t", kind: "document", text: "t" }));
    const parts = {
      lab: { get: async () => lab },
      panel: { show: async () => void shown++ },
      boxes: { mayReplace: async () => mayReplace, open: async (_lab: unknown, file: unknown) => {
        opened.push(file);
        return readable;
      } },
      runs: { run: async () => void ran.push(lab.snapshot.model?.path) },
      picker: { pick: async (target: unknown, { placeHolder }: { placeHolder: string }): Promise<ModelFile | undefined> => {
        asked.push(placeHolder);
        return target === "none" ? undefined : level;
      } },
      library: { originalOf: async () => original },
    };
    commands = new LabCommands(parts as unknown as LabCommandParts);
  });

  it("opens with a model, or as it was left", async () => {
    await commands.open(undefined);
    expect([shown, lab.snapshot.model]).toEqual([1, undefined]);
    await commands.open(level.path);
    expect([shown, lab.snapshot.model]).toEqual([2, level]);
  });

  it("prepares one step for a model, and runs nothing", async () => {
    await commands.prepare("distil", level.path);
    expect(lab.snapshot).toMatchObject({ name: "Distil: pocket Q2_K", model: level, changed: false, run: undefined });
    expect(lab.snapshot.steps.map(({ step }) => step)).toEqual([expect.objectContaining({ kind: "distil", teacher: original.path })]);
    expect(shown).toBe(1);
    await commands.prepare("prune", "none");
    expect(shown).toBe(1);
  });

  it("takes nothing away that the person wants to keep", async () => {
    lab.edit((recipe) => withStep(recipe, { kind: "quantize", level: "Q8_0" }));
    mayReplace = false;
    editor.picks = ["GPTQ Q4_0"];
    await commands.prepare("prune", level.path);
    await commands.fromPreset();
    expect(lab.snapshot.steps.map(({ step }) => step.kind)).toEqual(["quantize"]);
    mayReplace = true;
    await commands.fromPreset();
    expect(lab.snapshot.name).toBe("GPTQ Q4_0");
  });

  it("opens the recipe that was clicked, one of the workspace, or another file", async () => {
    await commands.openRecipe(new editor.Uri("/w/clicked.decant.json"));
    editor.found = ["/w/a.decant.json", "/w/b.decant.json"];
    editor.picks = ["b.decant.json"];
    await commands.openRecipe(undefined);
    expect(editor.offered).toEqual(["a.decant.json", "b.decant.json", "$(go-to-file) A file…"]);
    editor.picks = ["$(go-to-file) A file…"];
    await commands.openRecipe(undefined);
    editor.picks = [];
    await commands.openRecipe(undefined); // Stepped back.
    editor.found = [];
    await commands.openRecipe(undefined);
    expect(opened).toEqual(["/w/clicked.decant.json", "/w/b.decant.json", "/elsewhere/x.decant.json", "/elsewhere/x.decant.json"]);
    expect([shown, ran]).toEqual([4, []]);
  });

  it("shows no lab for a recipe that the person does not want", async () => {
    readable = undefined;
    await commands.openRecipe("/w/theirs.decant.json");
    await commands.runRecipe("/w/theirs.decant.json");
    expect([shown, ran]).toEqual([0, []]);
  });

  it("runs the recipe that was clicked, and asks for a model only where it names none", async () => {
    await lab.chooseModel(original.path);
    readable = { ...newRecipe, name: "Theirs", model: original.path };
    await commands.runRecipe("/w/theirs.decant.json");
    expect([shown, asked, ran]).toEqual([1, [], [original.path]]);
    readable = { ...newRecipe, name: "Anyone's" };
    await commands.runRecipe("/w/anyones.decant.json");
    expect([asked, ran]).toEqual([["Run “Anyone's” on which model?"], [original.path, level.path]]);
  });
});
