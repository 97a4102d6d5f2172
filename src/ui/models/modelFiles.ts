import * as vscode from "vscode";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { Settings } from "../adapters/settings";
import { Disposables } from "../disposables";

/** Files appear and vanish in bursts (a copy, an unpacked archive): look again when they have settled. */
const settling = 500;

/** Refreshes the library when models appear in its folders, change or vanish. Watches nothing before it is started. */
export class ModelFileWatcher {
  readonly #always = new Disposables();
  #watchers = new Disposables();
  #started = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly library: ModelLibrary, private readonly settings: Settings, private readonly ownFolders: readonly string[]) {
    this.#always.add(settings.onDidChangeModelFolders(() => {
      if (this.#started) this.#watch();
      this.#refreshSoon();
    }));
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#watch();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watchers.dispose();
    this.#always.dispose();
  }

  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new Disposables();
    for (const folder of [...this.ownFolders, ...this.settings.modelFolders()]) {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), "**/*.gguf"));
      watcher.onDidCreate(() => this.#refreshSoon());
      watcher.onDidChange(() => this.#refreshSoon());
      watcher.onDidDelete(() => this.#refreshSoon());
      this.#watchers.add(watcher);
    }
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.library.refresh(), settling);
  }
}
