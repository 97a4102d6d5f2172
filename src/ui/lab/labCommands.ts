import * as vscode from "vscode";
import { recipePresets } from "../../core/recipes/presets";
import type { CompressionRecipe } from "../../protocol/recipe";
import { modelName, type ModelLibrary } from "../../services/models/modelLibrary";
import { newRecipe } from "../../services/lab/recipeEdits";
import { fileName, folderName } from "../format";
import type { ModelPicker } from "../models/modelPicker";
import type { LabPanel } from "../panels/labPanel";
import type { Lab } from "./lab";
import type { LabBoxes } from "./labBoxes";
import type { LabRuns } from "./labRuns";
import { type PreparedKind, preparedNames, preparedStep } from "./preparedSteps";
import { pickRecipeFile, recipeEnd } from "./recipeFiles";

export interface LabCommandParts {
  readonly lab: Lab;
  readonly panel: LabPanel;
  readonly boxes: LabBoxes;
  readonly runs: Pick<LabRuns, "run">;
  readonly picker: ModelPicker;
  readonly library: Pick<ModelLibrary, "originalOf">;
}

/** The commands that lead into the lab. */
export class LabCommands {
  constructor(private readonly parts: LabCommandParts) {}

  /** On a model where one is meant. */
  async open(target: unknown): Promise<void> {
    const { lab, panel, picker } = this.parts;
    const model = target === undefined ? undefined : await picker.pick(target, { placeHolder: "Open the lab with which model?" });
    const state = await lab.get();
    await panel.show();
    if (model) await state.chooseModel(model.path);
  }

  /** With one step for a model. */
  async prepare(kind: PreparedKind, target: unknown): Promise<void> {
    const { lab, panel, boxes, picker, library } = this.parts;
    const model = await picker.pick(target, { placeHolder: `${preparedNames[kind]}: which model?` });
    if (!model) return;
    const state = await lab.get();
    if (!(await boxes.mayReplace(state))) return;
    const step = preparedStep(kind, model, await library.originalOf(model));
    await state.chooseModel(model.path);
    await state.setRecipe({ ...newRecipe, name: `${preparedNames[kind]}: ${modelName(model)}`, steps: [step] });
    await panel.show();
  }

  /** Opens a recipe file in the lab, and runs nothing. Answers it; undefined when the person stepped back. */
  async openRecipe(target: unknown): Promise<CompressionRecipe | undefined> {
    const { lab, panel, boxes } = this.parts;
    const file = target instanceof vscode.Uri ? target.fsPath : typeof target === "string" ? target : await pickRecipe();
    const recipe = file === undefined ? undefined : await boxes.open(await lab.get(), file);
    if (recipe) await panel.show();
    return recipe;
  }

  /** Opens a recipe file in the lab, asks for a model where it names none, and runs it. */
  async runRecipe(target: unknown): Promise<void> {
    const { lab, runs, picker } = this.parts;
    const recipe = await this.openRecipe(target);
    if (!recipe) return;
    const state = await lab.get();
    if (recipe.model === undefined) {
      const model = await picker.pick(undefined, { placeHolder: `Run “${recipe.name}” on which model?` });
      if (!model) return;
      await state.chooseModel(model.path);
    }
    await runs.run(state);
  }

  async fromPreset(): Promise<void> {
    const { lab, panel, boxes } = this.parts;
    const items = recipePresets.map(({ id, title, detail }) => ({ label: title, detail, id }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: "Begin with which recipe?", matchOnDetail: true });
    if (!picked) return;
    const state = await lab.get();
    if (!(await boxes.mayReplace(state))) return;
    await state.preset(picked.id);
    await panel.show();
  }
}

/** The recipes of the workspace, or a file that is asked for. */
async function pickRecipe(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(`**/*${recipeEnd}`, "**/node_modules/**", 200);
  const items = found.filter(({ scheme }) => scheme === "file").map(({ fsPath }) => ({ label: fileName(fsPath), description: folderName(fsPath), path: fsPath as string | undefined }));
  if (items.length === 0) return pickRecipeFile();
  const other = { label: "$(go-to-file) A file…", description: "", path: undefined };
  const picked = await vscode.window.showQuickPick([...items, other], { placeHolder: "Open which recipe?", matchOnDescription: true });
  return picked === other ? pickRecipeFile() : picked?.path;
}
