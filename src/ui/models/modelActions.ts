import * as vscode from "vscode";
import type { AdapterUse, ModelFile } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { ModelLoader } from "../../services/loading/modelLoader";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Activity } from "../activity";
import type { Settings } from "../adapters/settings";
import { smallerLevel } from "./smallerLevel";

export interface ModelActionParts {
  readonly library: ModelLibrary;
  readonly loader: ModelLoader;
  readonly activity: Activity;
  readonly settings: Settings;
  /** Whether a model runs on this machine, where that is known. */
  fit(model: ModelFile): Fit | undefined;
}

/** One act of loading: another act is another object, also of the same model. */
export interface ChosenModel {
  readonly model: ModelFile;
}

/** What can be done with a model besides compressing and deleting it. */
export class ModelActions {
  #chosen: ChosenModel | undefined;

  constructor(private readonly parts: ModelActionParts) {}

  /** The last one that the person loaded: others are loaded by work that needs them. */
  get chosen(): ChosenModel | undefined {
    return this.#chosen;
  }

  /** Asks first where memory will be tight. Without `adapters` those stay that the model had last. */
  async load(model: ModelFile, adapters?: readonly AdapterUse[]): Promise<void> {
    const wanted = await this.parts.activity.run(`Loading ${modelName(model)}`, (_report, token) => this.#loadOrAsk(model, adapters, token));
    if (wanted && wanted !== model) await this.load(wanted);
    else if (wanted) this.#chosen = { model };
  }

  async unload(): Promise<void> {
    this.#chosen = undefined;
    await this.parts.loader.unload();
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

  /** The model that is loaded now, another one that the person wants instead, or undefined when they stepped back. */
  async #loadOrAsk(model: ModelFile, adapters: readonly AdapterUse[] | undefined, token: CancellationToken): Promise<ModelFile | undefined> {
    const { loader, library, fit } = this.parts;
    const options = adapters && { adapters };
    const { warning, refusal } = await loader.plan(model, options);
    if (warning !== undefined && refusal === undefined) {
      const smaller = smallerLevel(model, await library.models(), fit);
      const answer = await askAnyway(modelName(model), warning, smaller);
      if (answer !== "anyway") return answer;
    }
    await loader.load(model, token, { ...options, accepted: true });
    return model;
  }

  async #offerPath(model: ModelFile): Promise<void> {
    const choice = await vscode.window.showInformationMessage(`${modelName(model)} is at ${model.path}.`, "Copy Path");
    if (choice === "Copy Path") await vscode.env.clipboard.writeText(model.path);
  }
}

async function askAnyway(name: string, warning: string, smaller: ModelFile | undefined): Promise<"anyway" | ModelFile | undefined> {
  const instead = smaller && `Load ${smaller.type === "unknown" ? modelName(smaller) : smaller.type} Instead`;
  const choice = await vscode.window.showWarningMessage(`Memory will be tight with ${name}.`, { modal: true, detail: warning }, "Load Anyway", ...(instead ? [instead] : []));
  if (choice === "Load Anyway") return "anyway";
  return choice === undefined ? undefined : smaller;
}
