import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Severity } from "../../protocol/documents";
import { type CacheType, cacheTypes, type ModelSource, modelSources } from "../../protocol/model";
import type { FindingFilter } from "../inlineAnalysis/findingFilter";

/** Tokens per measured chunk: llama-perplexity's default, so that figures compare. */
const chunkTokens = 512;

/**
 * The only reader of Decant's settings. Every call reads afresh, so no change needs a reload of the window; threads and
 * context size are given to a model when it is loaded, so a change of them shows at the next load.
 */
export class Settings {
  /** Native threads. A core is left free: the CPU backend's threads spin at barriers and suffer when they must share. */
  readonly threads = (): number => {
    const asked = this.#read("threads", 0);
    return asked > 0 ? asked : Math.max(1, availableParallelism() - 1);
  };

  /** Tokens. */
  readonly contextSize = (): number => this.#read("contextSize", 4096);

  /** How a loaded model's context is kept; undefined leaves the choice to the plan. */
  readonly cacheType = (): CacheType | undefined => {
    const asked = this.#read<string>("cacheType", "auto");
    return cacheTypes.find((type) => type === asked);
  };

  /** Undefined takes as many as fit. */
  readonly gpuLayers = (): number | undefined => {
    const asked = this.#read("gpuLayers", -1);
    return asked >= 0 ? asked : undefined;
  };

  /** 0 keeps a model until the person unloads it. */
  readonly unloadAfterMinutes = (): number => Math.max(0, this.#read("unloadAfterMinutes", 15));

  /** Other programs whose models are listed too. */
  readonly discoverModels = (): readonly ModelSource[] => {
    const asked = this.#read<readonly string[]>("discoverModels", ["ollama", "huggingFace", "lmStudio", "llamaCpp"]);
    return modelSources.filter((source) => asked.includes(source));
  };

  readonly downloadFolder = (): string => withHome(this.#read("downloadFolder", "~/.decant/models").trim() || "~/.decant/models");

  /** The hub's address, without a slash at its end. Where none was chosen, the mirror that Hugging Face's own tools use. */
  readonly hubUrl = (): string => {
    const asked = this.#read("hubUrl", "https://huggingface.co");
    const isChosen = asked !== vscode.workspace.getConfiguration("decant").inspect("hubUrl")?.defaultValue;
    return ((isChosen ? asked : process.env.HF_ENDPOINT) || asked).trim().replace(/\/+$/, "");
  };

  async setDownloadFolder(folder: string): Promise<void> {
    await vscode.workspace.getConfiguration("decant").update("downloadFolder", folder, vscode.ConfigurationTarget.Global);
  }

  onDidChange(name: string, listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(`decant.${name}`) && listener());
  }

  readonly measuring = (): { readonly context: number; readonly chunks: number } => ({
    context: chunkTokens,
    chunks: this.#read("measureChunks", 20),
  });

  /** Whether a document that was analysed is read again after an edit. */
  readonly analyseOnEdit = (): boolean => this.#read("analyseOnEdit", true);

  readonly findingFilter = (): FindingFilter => ({
    minimumSeverity: this.#read<Severity>("minimumSeverity", "information"),
    hiddenCategories: this.#read<readonly string[]>("hiddenCategories", []),
  });

  /** Where the person keeps categories of their own; empty for the usual place. */
  readonly categoriesFile = (): string => withHome(this.#read("categoriesFile", "").trim());

  readonly onDidChangeFindingFilter = (listener: () => void): vscode.Disposable =>
    vscode.workspace.onDidChangeConfiguration((change) =>
      (change.affectsConfiguration("decant.minimumSeverity") || change.affectsConfiguration("decant.hiddenCategories")) && listener());

  /** Folders that the person named, where downloads go, then the workspace's. */
  readonly modelFolders = (): readonly string[] => [...this.#named().map(withHome), this.downloadFolder(), ...this.workspaceFolders()];

  readonly workspaceFolders = (): readonly string[] =>
    (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);

  async addModelFolder(folder: string): Promise<void> {
    const named = this.#named();
    if (named.includes(folder)) return;
    await vscode.workspace.getConfiguration("decant").update("modelFolders", [...named, folder], vscode.ConfigurationTarget.Global);
  }

  async setMinimumSeverity(severity: Severity): Promise<void> {
    await this.#write("minimumSeverity", severity);
  }

  async setHiddenCategories(categories: readonly string[]): Promise<void> {
    await this.#write("hiddenCategories", categories);
  }

  onDidChangeModelFolders(listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(
      ...["modelFolders", "discoverModels", "downloadFolder"].map((name) => this.onDidChange(name, listener)),
      vscode.workspace.onDidChangeWorkspaceFolders(listener),
    );
  }

  /** Where the value comes from already, else for all of the person's windows. */
  async #write(name: string, value: unknown): Promise<void> {
    const configuration = vscode.workspace.getConfiguration("decant");
    const inWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
    await configuration.update(name, value, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
  }

  #named(): readonly string[] {
    return this.#read<readonly string[]>("modelFolders", []).filter((folder) => folder.trim() !== "");
  }

  #read<T>(name: string, fallback: T): T {
    return vscode.workspace.getConfiguration("decant").get<T>(name) ?? fallback;
  }
}

function withHome(path: string): string {
  return path === "~" || /^~[\\/]/.test(path) ? join(homedir(), path.slice(1)) : path;
}
