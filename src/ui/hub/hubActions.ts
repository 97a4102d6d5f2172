import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { Download } from "../../protocol/hub";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { Settings } from "../adapters/settings";
import type { ModelActions } from "../models/modelActions";
import { repositoryPage } from "../models/modelPage";

export async function chooseDownloadFolder(settings: Settings): Promise<void> {
  const [folder] = (await vscode.window.showOpenDialog({
    canSelectFiles: false, canSelectFolders: true, openLabel: "Download Here", title: "Where downloads go", defaultUri: vscode.Uri.file(settings.downloadFolder()),
  })) ?? [];
  if (folder) await settings.setDownloadFolder(folder.fsPath);
}

/** Ids come from the hub: only well-formed ones make an address. */
export async function openRepository(id: string, hubUrl: string): Promise<void> {
  const page = repositoryPage(id, hubUrl);
  if (page === undefined) throw new HumanError("badArgument", "This repository's name makes no address.");
  await vscode.env.openExternal(vscode.Uri.parse(page, true));
}

/** What can be done with what has come: a model is loaded or looked into, a checkpoint is converted. */
export async function offerDownload({ repository, label, target }: Download): Promise<void> {
  const sentence = `${label} of ${repository} is here.`;
  if (!/\.gguf$/i.test(target)) {
    const choice = await vscode.window.showInformationMessage(`${sentence} Convert it to run it.`, "Convert…");
    if (choice) await vscode.commands.executeCommand("decant.convertCheckpoint", vscode.Uri.file(target));
    return;
  }
  const choice = await vscode.window.showInformationMessage(sentence, "Load", "Inspect");
  if (choice) await vscode.commands.executeCommand(choice === "Load" ? "decant.loadModel" : "decant.inspectModel", target);
}

/** A model is revealed as every other one is; of a checkpoint, converting is what comes next. */
export async function revealDownload(target: string, library: ModelLibrary, actions: ModelActions): Promise<void> {
  const model = (await library.files()).find(({ path }) => path === target) ?? (/\.gguf$/i.test(target) ? await library.describe(target) : undefined);
  if (model) return actions.reveal(model);
  const choice = await vscode.window.showInformationMessage(`The checkpoint is at ${target}.`, "Convert…", "Copy Path");
  if (choice === "Convert…") await vscode.commands.executeCommand("decant.convertCheckpoint", vscode.Uri.file(target));
  if (choice === "Copy Path") await vscode.env.clipboard.writeText(target);
}
