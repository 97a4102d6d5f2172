import * as vscode from "vscode";
import type { ModelFile } from "../../protocol/model";
import type { ModelLoader } from "../../services/loading/modelLoader";
import { modelName } from "../../services/models/modelLibrary";

/** Why the model is loaded as it is, or why it would be loaded so. */
export async function whyTheseSettings(loader: ModelLoader, model: ModelFile, isLoaded: boolean): Promise<void> {
  const plan = (isLoaded && loader.current) || (await loader.plan(model));
  const title = isLoaded ? `Why ${modelName(model)} is loaded like this` : `How ${modelName(model)} would be loaded`;
  const detail = [...plan.reasons, ...(plan.warning ? [plan.warning] : []), ...(plan.refusal ? [plan.refusal] : [])].join("\n\n");
  const choice = await vscode.window.showInformationMessage(title, { modal: true, detail }, "Change Settings");
  if (choice) await vscode.commands.executeCommand("workbench.action.openSettings", "decant.contextSize decant.cacheType decant.gpuLayers");
}
