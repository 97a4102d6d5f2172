import * as vscode from "vscode";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { Settings } from "../adapters/settings";
import { Disposables } from "../disposables";

/** Files appear and vanish in bursts (a copy, an unpacked archive): look again when they have settled. */
const settling = 500;

/** A place where models appear: below a folder, files by a glob. */
export interface WatchedPlace {
  readonly folder: string;
  readonly pattern: string;
}

export interface ModelFileWatcherParts {
  readonly library: ModelLibrary;
  readonly settings: Settings;
  /** Where to look, other programs' folders included; asked anew when the settings change. */
  places(): readonly WatchedPlace[];
}

/** Refreshes the library when models appear in its folders, change or vanish. Watches nothing while nobody sees the list. */
export class ModelFileWatcher {
  readonly #always = new Disposables();
  #watchers: Disposables | undefined;
  #isMissed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: ModelFileWatcherParts) {
    this.#always.add(parts.settings.onDidChangeModelFolders(() => {
      if (this.#watchers) this.#watch();
      this.#refreshSoon();
    }));
  }

  /** What happened while nobody looked is looked up when somebody does again. */
  setVisible(visible: boolean): void {
    if (visible && !this.#watchers) {
      this.#watch();
      if (this.#isMissed) this.#refreshSoon();
    } else if (!visible && this.#watchers) {
      this.#watchers.dispose();
      this.#watchers = undefined;
      this.#isMissed = true;
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watchers?.dispose();
    this.#always.dispose();
  }

  #watch(): void {
    this.#watchers?.dispose();
    this.#watchers = new Disposables();
    for (const { folder, pattern } of this.parts.places()) {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), pattern));
      watcher.onDidCreate(() => this.#refreshSoon());
      watcher.onDidChange(() => this.#refreshSoon());
      watcher.onDidDelete(() => this.#refreshSoon());
      this.#watchers.add(watcher);
    }
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.parts.library.refresh(), settling);
  }
}
