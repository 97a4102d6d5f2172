import * as vscode from "vscode";
import type { LoadedModel } from "../../protocol/model";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Disposable, Event } from "../../services/ports";
import type { CommandId } from "../commands/commandTitles";

/** Tells when the runtime ended by itself and took the loaded model along: the next command would start it again, but without the model. */
export function warnOfLoss(onDidLose: Event<LoadedModel>, library: Pick<ModelLibrary, "describe">, showError: (error: unknown) => void): Disposable {
  return onDidLose(({ path }) => void tell(path, library).catch(showError));
}

async function tell(path: string, library: Pick<ModelLibrary, "describe">): Promise<void> {
  const name = modelName(await library.describe(path));
  const choice = await vscode.window.showWarningMessage(`The native runtime ended unexpectedly; ${name} is no longer loaded.`, "Load Again", "Show Log");
  if (choice === "Load Again") await vscode.commands.executeCommand("decant.loadModel" satisfies CommandId, path);
  if (choice === "Show Log") await vscode.commands.executeCommand("decant.showLog" satisfies CommandId);
}
