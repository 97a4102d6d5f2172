import * as vscode from "vscode";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { Runtime } from "../../services/ports";
import { UnableModelError } from "../inlineAnalysis/unableModelError";
import { UntrustedModelError } from "../models/modelTrust";
import type { EditorLog } from "./log";

type Remedy = "Restart Runtime" | "Manage Workspace Trust" | "Choose Model…" | "Get Models…";

/** Shows what went wrong: one sentence, and the action that helps. */
export class Failures {
  constructor(private readonly log: EditorLog, private readonly runtime: Runtime) {}

  show(error: unknown): void {
    if (isCancellation(error) || error instanceof vscode.CancellationError) return;
    this.log.error("A command failed.", error);
    const { state } = this.runtime;
    if (state.kind === "failed" && error instanceof HumanError && error.code === "runtimeCrashed") {
      void this.#ask(state.sentence, "Restart Runtime");
    } else if (error instanceof UntrustedModelError) {
      void this.#ask(error.message, "Manage Workspace Trust");
    } else if (error instanceof UnableModelError) {
      void this.#ask(error.message, "Choose Model…");
    } else if (error instanceof HumanError && error.code === "modelTooLarge") {
      void this.#ask(error.message, "Get Models…");
    } else if (error instanceof HumanError) {
      void this.#ask(error.message);
    } else {
      void this.#ask(`Something unexpected happened: ${sentenceOf(error)}`);
    }
  }

  async #ask(sentence: string, ...actions: readonly Remedy[]): Promise<void> {
    const choice = await vscode.window.showErrorMessage(sentence, ...actions, "Show Log");
    switch (choice) {
      case undefined:
        return;
      case "Restart Runtime":
        return this.runtime.restart().catch((error: unknown) => this.show(error));
      case "Manage Workspace Trust":
        await vscode.commands.executeCommand("workbench.trust.manage");
        return;
      case "Choose Model…":
        await vscode.commands.executeCommand("decant.chooseAnalysisModel");
        return;
      case "Get Models…":
        await vscode.commands.executeCommand("decant.getModels");
        return;
      case "Show Log":
        return this.log.show();
      default:
        choice satisfies never;
    }
  }
}
