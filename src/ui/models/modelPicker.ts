import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { type ModelLibrary, modelName } from "../../services/modelLibrary";
import { fileName, folderName, formatBytes, formatCount } from "../format";
import { isModelNode } from "./modelNode";

export interface ModelQuestion {
  readonly placeHolder: string;
  /** Files with a problem can be deleted and revealed, but not loaded or quantized. */
  readonly acceptProblems?: boolean;
}

/** Finds the model that a command means: a tree item, a file of the explorer, or one that the person picks. */
export class ModelPicker {
  constructor(private readonly library: ModelLibrary) {}

  async pick(target: unknown, question: ModelQuestion): Promise<ModelFile | undefined> {
    const model = (await this.#named(target)) ?? (await this.#ask(question));
    if (model?.problem && !question.acceptProblems) throw new HumanError("notGguf", `${fileName(model.path)} cannot be used: ${model.problem}`);
    return model;
  }

  async #named(target: unknown): Promise<ModelFile | undefined> {
    if (isModelNode(target)) return target.model;
    if (target instanceof vscode.Uri) return this.library.describe(target.fsPath);
    return typeof target === "string" ? this.library.describe(target) : undefined;
  }

  async #ask({ placeHolder, acceptProblems }: ModelQuestion): Promise<ModelFile | undefined> {
    const models = (await this.library.models()).filter(({ problem }) => acceptProblems || !problem);
    if (models.length === 0) {
      throw new HumanError("notFound", "There is no model yet. Run “Decant: Add Models Folder…”, or put a .gguf file into the workspace.");
    }
    const items = models.map((model) => ({
      label: modelName(model),
      description: `${formatBytes(model.bytes)} · ${formatCount(model.parameters)}${model.builtIn ? " · built in" : ""}`,
      detail: model.problem ?? folderName(model.path),
      model,
    }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true });
    return picked?.model;
  }
}
