import { dirname } from "node:path";
import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";
import type { CompressionLab } from "../../services/lab/compressionLab";
import { withStepChanged } from "../../services/lab/recipeEdits";
import { type RecipeProvenance, recipeReport } from "../../services/lab/recipeReport";
import { exportReport } from "../panels/reportExport";
import type { StudyTexts } from "../texts/studyTexts";
import { pickRecipeFile, plainName, readRecipe, saveRecipe } from "./recipeFiles";

export interface LabBoxParts {
  readonly texts: Pick<StudyTexts, "chooseForLearning">;
  readonly versions: Pick<RecipeProvenance, "decant" | "llamaCpp" | "node" | "platform">;
  threads(): number;
  /** Throws for a file of a workspace that is not trusted. */
  requireTrust(path: string): Promise<void>;
}

type Setting = "teacher" | "examples" | "adapter";
const filters: Readonly<Record<Setting, Record<string, string[]>>> = {
  teacher: { "GGUF model": ["gguf"] },
  examples: { "Examples as JSON lines": ["jsonl", "ndjson", "json"] },
  adapter: { "LoRA adapter": ["gguf"] },
};

/** What the lab asks in the editor's own boxes. */
export class LabBoxes {
  constructor(private readonly parts: LabBoxParts) {}

  async browseModel(lab: CompressionLab): Promise<void> {
    const path = await pickFile({ "GGUF model": ["gguf"] }, "Take This Model");
    if (path !== undefined) await lab.chooseModel(path);
  }

  async chooseText(lab: CompressionLab): Promise<void> {
    const source = await this.parts.texts.chooseForLearning();
    if (source) lab.setText(source);
  }

  async browseStep(lab: CompressionLab, at: number, setting: Setting): Promise<void> {
    const path = await pickFile(filters[setting], "Take This File");
    if (path !== undefined) lab.edit((recipe) => withStepChanged(recipe, at, withFile(recipe, at, setting, path)));
  }

  /** Opens a recipe file, the one that is named or one that the person chooses. Answers the recipe that is in the lab now; undefined when the person stepped back. */
  async open(lab: CompressionLab, named?: string): Promise<CompressionRecipe | undefined> {
    const file = named ?? (await pickRecipeFile());
    if (file === undefined) return undefined;
    await this.parts.requireTrust(file);
    const recipe = await readRecipe(file);
    if (!recipe || !(await this.mayReplace(lab))) return undefined;
    await lab.setRecipe(recipe, { file });
    return recipe;
  }

  /** True when the recipe is in a file now. */
  async save(lab: CompressionLab): Promise<boolean> {
    const { file, model } = lab.snapshot;
    const saved = await saveRecipe(lab.recipe, file, folderOf(model));
    if (saved !== undefined) lab.didSave(saved);
    return saved !== undefined;
  }

  /** Asks what to do with edits, or with results of a recipe that no file has, that another recipe would take away. */
  async mayReplace(lab: CompressionLab): Promise<boolean> {
    const { changed, name, steps, file } = lab.snapshot;
    if (lab.isRunning) throw new HumanError("failed", "The lab runs a recipe. Pause or cancel it before you take another one.");
    const wasRun = steps.some(({ result }) => result !== undefined);
    if (steps.length === 0 || (!changed && (file !== undefined || !wasRun))) return true;
    const state = changed ? "has changes that are not saved" : "was run, and is in no file yet";
    const choice = await vscode.window.showWarningMessage(`“${name}” in the lab ${state}.`, { modal: true, detail: "Another recipe takes its place." }, "Save", "Don't Save");
    return choice === "Save" ? this.save(lab) : choice === "Don't Save";
  }

  async exportReport(lab: CompressionLab): Promise<void> {
    const { result } = lab;
    const { name, text, model } = lab.snapshot;
    if (!result) throw new HumanError("badArgument", "There is nothing to report yet: run the recipe first.");
    await exportReport({
      placeHolder: "Export the results as", folder: folderOf(model), name: plainName(name),
      text: (format) => recipeReport(format, lab.recipe, result, { ...this.parts.versions, text: text.name, threads: this.parts.threads() }),
    });
  }
}

function withFile({ steps }: CompressionRecipe, at: number, setting: Setting, path: string): RecipeStep {
  const step = steps[at];
  if (step?.kind === "distil" && setting === "teacher") return { ...step, teacher: path };
  if (step?.kind === "lora" && setting === "examples") return { ...step, examples: path };
  if (step?.kind === "merge" && setting === "adapter") return { ...step, adapter: path };
  throw new HumanError("badArgument", "That step takes no such file.");
}

async function pickFile(kinds: Record<string, string[]>, openLabel: string): Promise<string | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ filters: kinds, openLabel })) ?? [];
  return uri?.fsPath;
}

function folderOf(model: ModelFile | undefined): string {
  return model ? dirname(model.path) : "";
}
