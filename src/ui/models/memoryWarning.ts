import * as vscode from "vscode";
import type { Disposable } from "../../core/emitter";
import type { ModelLoader } from "../../services/loading/modelLoader";

/** Shows when memory is nearly used up, with the way out. */
export function warnOfMemory(loader: ModelLoader, showError: (error: unknown) => void): Disposable {
  return loader.onDidWarn(({ sentence }) => {
    void vscode.window.showWarningMessage(sentence, "Unload", "Show Meter").then(async (choice) => {
      if (choice === "Unload") await loader.unload();
      if (choice === "Show Meter") await vscode.commands.executeCommand("decant.showMeter");
    }).then(undefined, showError);
  });
}
