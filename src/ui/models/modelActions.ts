import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { DocumentAnalysis } from "../../services/analysis/documentAnalysis";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Log, Runtime } from "../../services/ports";
import type { Activity } from "../activity";
import type { Settings } from "../adapters/settings";
import { fileName, formatBytes } from "../format";
import { deletableModel } from "./deletableModel";

export interface ModelActionParts {
  readonly runtime: Runtime;
  readonly library: ModelLibrary;
  readonly analysis: DocumentAnalysis;
  readonly activity: Activity;
  readonly settings: Settings;
  readonly log: Log;
}

/** One act of loading: another act is another object, also of the same model. */
export interface ChosenModel {
  readonly model: ModelFile;
}

/** What can be done with a model besides compressing it. */
export class ModelActions {
  #chosen: ChosenModel | undefined;

  constructor(private readonly parts: ModelActionParts) {}

  /** The last one that the person loaded: others are loaded by work that needs them. */
  get chosen(): ChosenModel | undefined {
    return this.#chosen;
  }

  async load(model: ModelFile): Promise<void> {
    const { activity, analysis } = this.parts;
    await activity.run(`Loading ${modelName(model)}`, (_report, token) => analysis.load(model, token));
    this.#chosen = { model };
  }

  async unload(): Promise<void> {
    this.#chosen = undefined;
    await this.parts.runtime.unload();
  }

  async reveal(model: ModelFile): Promise<void> {
    const uri = vscode.Uri.file(model.path);
    // In a browser there is no file manager: the explorer shows files of the workspace, and the path can be taken along.
    if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
      await vscode.commands.executeCommand("revealFileInOS", uri);
    } else if (vscode.workspace.getWorkspaceFolder(uri)) {
      await vscode.commands.executeCommand("revealInExplorer", uri);
    } else {
      await this.#offerPath(model);
    }
  }

  /** Asks first; to the trash where there is one, for good after a second question where there is none. */
  async remove({ path }: ModelFile): Promise<void> {
    const model = deletableModel(await this.parts.library.models(), path);
    const uri = vscode.Uri.file(model.path);
    const question = `Delete ${fileName(model.path)} (${formatBytes(model.bytes)})?`;
    if (!(await confirmed(question, "It can be restored from the trash.", "Move to Trash"))) return;
    if (this.#chosen?.model.path === model.path) this.#chosen = undefined;
    if (this.parts.runtime.loaded?.path === model.path) await this.parts.runtime.unload();
    try {
      await vscode.workspace.fs.delete(uri, { useTrash: true });
    } catch (error) {
      this.parts.log.info(`${fileName(model.path)} was not moved to the trash: ${sentenceOf(error)}`);
      const noTrash = "There is no trash to move it to. Deleting it permanently cannot be undone.";
      if (!(await confirmed(question, noTrash, "Delete Permanently"))) return;
      await removePermanently(uri, model);
    }
    this.parts.library.refresh();
  }

  async addFolder(): Promise<void> {
    const folders = await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: true,
      openLabel: "Add Models Folder",
      title: "Folder with GGUF models",
    });
    for (const folder of folders ?? []) await this.parts.settings.addModelFolder(folder.fsPath);
  }

  async #offerPath(model: ModelFile): Promise<void> {
    const choice = await vscode.window.showInformationMessage(`${modelName(model)} is at ${model.path}.`, "Copy Path");
    if (choice === "Copy Path") await vscode.env.clipboard.writeText(model.path);
  }
}

async function confirmed<Answer extends string>(message: string, detail: string, answer: Answer): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, answer)) === answer;
}

async function removePermanently(uri: vscode.Uri, model: ModelFile): Promise<void> {
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: false });
  } catch (error) {
    throw new HumanError("notWritable", `${fileName(model.path)} could not be deleted: ${sentenceOf(error)}`, { cause: error });
  }
}
