import * as vscode from "vscode";
import { Disposables } from "./disposables";
import type { HeatView } from "./heat/heatView";
import type { Analyses } from "./inlineAnalysis/analyses";
import type { LoadedModelFile } from "./models/loadedModel";

/** Keeps the context keys that the `when` clauses of package.json read. */
export class ContextKeys {
  readonly #disposables = new Disposables();
  readonly #values = new Map<string, boolean>();

  constructor(loaded: LoadedModelFile, analyses: Analyses, heat: HeatView) {
    this.#disposables.add(loaded.onDidChange((model) => this.#set("decant.modelLoaded", model !== undefined)));
    this.#disposables.add(analyses.onDidChangeFindings(() => this.#set("decant.hasFindings", analyses.hasFindings)));
    this.#disposables.add(analyses.onDidChange(() => this.#set("decant.analysed", analyses.all.length > 0)));
    this.#disposables.add(heat.onDidChange(() => this.#set("decant.heatShown", heat.isShown)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #set(key: string, value: boolean): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
