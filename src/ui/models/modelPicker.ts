import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import { fileName, folderName, formatBytes, formatCount } from "../format";
import { isModelNode, type TreeNode } from "./modelNode";
import type { ModelTrust } from "./modelTrust";
import { makingWords, sourceNames } from "./modelWords";
import { isReadable, isUsable } from "./usableModels";

export interface ModelQuestion {
  readonly placeHolder: string;
  /** The command means the file, not what is in it: one with a problem, or of an untrusted workspace, will do. */
  readonly asFile?: boolean;
  /** Offered first, and marked: the path of the loaded model. */
  readonly loaded?: string | undefined;
  /** What is offered; absent for all. */
  suits?(model: ModelFile): boolean;
}

/** Finds the model that a command means: a tree item, a file of the explorer, or one that the person picks. */
export class ModelPicker {
  constructor(
    private readonly library: ModelLibrary,
    private readonly trust: ModelTrust,
    /** What is selected in the tree, for commands that a key calls there. */
    private readonly selected: () => TreeNode | undefined,
  ) {}

  async pick(target: unknown, question: ModelQuestion): Promise<ModelFile | undefined> {
    const model = (await this.#named(target)) ?? (await this.#ask(question));
    if (model && !question.asFile) await this.#requireUsable(model);
    return model;
  }

  /** The model at a path, asked for by nobody: undefined where a command would refuse it. */
  async usable(path: string): Promise<ModelFile | undefined> {
    const model = await this.#named(path);
    if (!model) return undefined;
    return this.#requireUsable(model).then(() => model, (error: unknown) => {
      if (error instanceof HumanError) return undefined;
      throw error;
    });
  }

  /** Another model than the one at the path, those of its family first; "file" for one that is not listed. */
  async pickAnother(path: string, placeHolder: string): Promise<ModelFile | "file" | undefined> {
    const models = await this.library.files();
    const family = models.find((model) => model.path === path)?.family;
    const others = models.filter((model) => model.path !== path && isReadable(model));
    const sorted = [...others.filter((model) => model.family === family), ...others.filter((model) => model.family !== family)];
    const file = { label: "$(file) A file…", model: "file" as const };
    const items: readonly (vscode.QuickPickItem & { readonly model: ModelFile | "file" })[] = [...sorted.map((model) => itemOf(model)), file];
    return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))?.model;
  }

  async #requireUsable(model: ModelFile): Promise<void> {
    if (model.problem) throw new HumanError("notGguf", `${fileName(model.path)} cannot be used: ${model.problem}`);
    await this.trust.require(model);
  }

  async #named(target: unknown): Promise<ModelFile | undefined> {
    const path = pathOf(target === "selected" ? this.selected() : target);
    if (path === undefined) return undefined;
    // The library knows more of a file than its header tells: that it ships with Decant.
    return (await this.library.files()).find((model) => model.path === path) ?? this.library.describe(path);
  }

  async #ask({ placeHolder, asFile, loaded, suits }: ModelQuestion): Promise<ModelFile | undefined> {
    const usable = (await this.library.files()).filter((model) => asFile || isUsable(model));
    const models = suits ? usable.filter(suits) : usable;
    if (models.length === 0 && usable.length > 0) throw new HumanError("notFound", "No model of the list suits. Run “Decant: Get Models…” or “Decant: Add Models Folder…” to list one.");
    if (models.length === 0) {
      throw new HumanError("notFound", "There is no model yet. Run “Decant: Get Models…” or “Decant: Add Models Folder…”, or put a .gguf file into the workspace.");
    }
    const isLoaded = ({ path }: ModelFile): boolean => path === loaded;
    const items = [...models.filter(isLoaded).map((model) => itemOf(model, "loaded")), ...models.filter((model) => !isLoaded(model)).map((model) => itemOf(model))];
    return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))?.model;
  }
}

interface ModelItem extends vscode.QuickPickItem {
  readonly model: ModelFile;
}

function itemOf(model: ModelFile, mark?: string): ModelItem {
  const facts = [...(mark === undefined ? [] : [mark]), formatBytes(model.bytes), formatCount(model.parameters), ...makingWords(model), ...(model.source ? [sourceNames[model.source]] : []), ...(model.builtIn ? ["built in"] : [])];
  return { label: model.source === "ollama" && model.name ? model.name : modelName(model), description: facts.join(" · "), detail: model.problem ?? folderName(model.path), model };
}

function pathOf(target: unknown): string | undefined {
  if (isModelNode(target)) return target.model.path;
  if (target instanceof vscode.Uri) return target.fsPath;
  return typeof target === "string" ? target : undefined;
}
