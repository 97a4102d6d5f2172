import * as vscode from "vscode";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";

/** A workspace with more checkpoints than these offers the command in the palette only. */
const mostFiles = 500;
/** Milliseconds between two looks while files come and go. */
const interval = 2000;

/** Tells the explorer's menu which folders of the workspace hold a checkpoint, by a context key. */
export class CheckpointFolders {
  readonly #disposables = new Disposables();

  constructor() {
    const look = this.#disposables.add(new Throttle(interval, () => void this.#look()));
    const watcher = this.#disposables.add(vscode.workspace.createFileSystemWatcher("**/*.safetensors", false, true, false));
    this.#disposables.add(watcher.onDidCreate(() => look.request()));
    this.#disposables.add(watcher.onDidDelete(() => look.request()));
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => look.request()));
    look.request();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #look(): Promise<void> {
    const files = await vscode.workspace.findFiles("**/*.safetensors", "**/node_modules/**", mostFiles);
    const folders = new Set(files.filter(({ scheme }) => scheme === "file").map((uri) => vscode.Uri.joinPath(uri, "..").fsPath));
    await vscode.commands.executeCommand("setContext", "decant.checkpointFolders", [...folders]);
  }
}
