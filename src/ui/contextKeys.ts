import * as vscode from "vscode";
import type { Runtime } from "../services/ports";
import { Disposables } from "./disposables";
import type { HeatView } from "./heat/heatView";
import type { HubAccount } from "./hub/hubAccount";
import type { Analyses } from "./inlineAnalysis/analyses";
import type { DownloadSource } from "./models/downloadNodes";

export interface ContextKeyParts {
  readonly runtime: Runtime;
  readonly analyses: Analyses;
  readonly heat: HeatView;
  readonly downloads: DownloadSource;
  readonly account: HubAccount;
}

/** Keeps the context keys that the `when` clauses of package.json read. */
export class ContextKeys {
  readonly #disposables = new Disposables();
  readonly #values = new Map<string, boolean>();

  constructor({ runtime, analyses, heat, downloads, account }: ContextKeyParts) {
    this.#disposables.add(runtime.onDidChangeLoaded((model) => {
      this.#set("decant.modelLoaded", model !== undefined);
      this.#set("decant.adapted", (model?.adapters?.length ?? 0) > 0);
    }));
    this.#disposables.add(analyses.onDidChangeFindings(() => this.#set("decant.hasFindings", analyses.hasFindings)));
    this.#disposables.add(analyses.onDidChange(() => this.#set("decant.analysed", analyses.all.length > 0)));
    this.#disposables.add(heat.onDidChange(() => this.#set("decant.heatShown", heat.isShown)));
    this.#disposables.add(downloads.onDidChange(() => this.#setDownloads(downloads)));
    this.#disposables.add(account.onDidChange((signedIn) => this.#set("decant.signedIn", signedIn)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #setDownloads({ list }: DownloadSource): void {
    this.#set("decant.downloading", list.some(({ state }) => state === "running" || state === "waiting"));
    this.#set("decant.downloadPaused", list.some(({ state }) => state === "paused" || state === "failed"));
  }

  #set(key: string, value: boolean): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
