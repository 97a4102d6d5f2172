import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import { fileName, folderName, formatBytes, formatCount } from "../format";
import { isModelNode } from "./modelNode";
import type { ModelTrust } from "./modelTrust";

export interface ModelQuestion {
  readonly placeHolder: string;
  /** The command means the file, not what is in it: one with a problem, or of an untrusted workspace, will do. */
  readonly asFile?: boolean;
}

/** Finds the model that a command means: a tree item, a file of the explorer, or one that the person picks. */
export class ModelPicker {
  constructor(private readonly library: ModelLibrary, private readonly trust: ModelTrust) {}

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

  async #requireUsable(model: ModelFile): Promise<void> {
    if (model.problem) throw new HumanError("notGguf", `${fileName(model.path)} cannot be used: ${model.problem}`);
    await this.trust.require(model);
  }

  async #named(target: unknown): Promise<ModelFile | undefined> {
    const path = pathOf(target);
    if (path === undefined) return undefined;
    // The library knows more of a file than its header tells: that it ships with Decant.
    return (await this.library.models()).find((model) => model.path === path) ?? this.library.describe(path);
  }

  async #ask({ placeHolder, asFile }: ModelQuestion): Promise<ModelFile | undefined> {
    const models = (await this.library.models()).filter(({ problem }) => asFile || !problem);
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

function pathOf(target: unknown): string | undefined {
  if (isModelNode(target)) return target.model.path;
  if (target instanceof vscode.Uri) return target.fsPath;
  return typeof target === "string" ? target : undefined;
}
