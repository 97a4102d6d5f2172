import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { ModelLoader } from "../../services/loading/modelLoader";
import type { Runtime } from "../../services/ports";
import type { ConvertFlow } from "../conversion/convertFlow";
import { fileName } from "../format";
import type { HubAccount } from "../hub/hubAccount";
import type { DownloadCommands } from "../hub/downloadCommands";
import type { InspectorEditor } from "../inspector/inspectorEditor";
import { pickOther } from "../inspector/otherModel";
import { previewed } from "../inspector/previewed";
import type { AdapterFlow } from "../models/adapterFlow";
import type { LoadedModelFile } from "../models/loadedModel";
import { modelPage, repositoryPage } from "../models/modelPage";
import { isDownloadNode } from "../models/modelNode";
import type { ModelPicker } from "../models/modelPicker";
import type { OllamaExport } from "../models/ollamaExport";
import { isReadable } from "../models/usableModels";
import { whyTheseSettings } from "../models/whyTheseSettings";
import type { GetModelsPanel } from "../panels/getModelsPanel";
import type { MeterPanel } from "../panels/meterPanel";
import type { CommandHandlers, CommandId } from "./commandTitles";

export interface ManagerParts {
  readonly runtime: Runtime;
  readonly picker: ModelPicker;
  readonly loader: ModelLoader;
  readonly loaded: LoadedModelFile;
  readonly inspector: InspectorEditor;
  readonly convert: ConvertFlow;
  readonly adapters: AdapterFlow;
  readonly ollama: OllamaExport;
  readonly account: HubAccount;
  readonly getModels: GetModelsPanel;
  readonly downloads: DownloadCommands;
  readonly meterPanel: MeterPanel;
  hubUrl(): string;
}

type ManagerCommand = Extract<
  CommandId,
  | `decant.${"getModels" | "pauseDownload" | "resumeDownload" | "cancelDownload" | "signInToHub" | "signOutOfHub" | "openModelPage"}`
  | `decant.${"inspectModel" | "compareModels" | "convertCheckpoint" | "exportToOllama" | "attachAdapter" | "detachAdapters" | "whyTheseSettings" | "showMeter"}`
>;

/** What each command about finding, getting and knowing models does. */
export function managerHandlers(parts: ManagerParts): Pick<CommandHandlers, ManagerCommand> {
  const { picker, inspector, convert, adapters, ollama, account, getModels, downloads, meterPanel } = parts;
  return {
    "decant.getModels": () => getModels.show(),
    "decant.pauseDownload": (target) => downloads.pause(target),
    "decant.resumeDownload": (target) => downloads.resume(target),
    "decant.cancelDownload": (target) => downloads.cancel(target),
    "decant.signInToHub": () => account.signIn(),
    "decant.signOutOfHub": () => account.signOut(),
    "decant.openModelPage": (target) => openPage(parts, target),
    "decant.inspectModel": async (target, how) => {
      const model = await picker.pick(target, { placeHolder: "Look into which model?", asFile: true });
      if (model) await inspector.show(model.path, how === previewed);
    },
    "decant.compareModels": (target, selected) => compare(parts, target, selected),
    "decant.convertCheckpoint": (target) => convert.run(target),
    "decant.exportToOllama": async (target) => {
      const model = await picker.pick(target, { placeHolder: "Export which model to Ollama?" });
      if (model) await ollama.run(model);
    },
    "decant.attachAdapter": (target) => adapters.attach(target),
    "decant.detachAdapters": (target) => adapters.detach(target ?? parts.runtime.loaded?.path),
    "decant.whyTheseSettings": (target) => why(parts, target),
    "decant.showMeter": () => meterPanel.show(),
  };
}

/** Two files that are selected in the explorer are compared with each other; of one, or of more than two, the one that was clicked with another that is asked for. */
async function compare({ picker, inspector }: ManagerParts, target: unknown, selected: unknown): Promise<void> {
  const uris: unknown[] = Array.isArray(selected) ? selected : [];
  const [one, two, ...more] = uris.filter((uri) => uri instanceof vscode.Uri);
  if (one && two && more.length === 0) return inspector.compare(one.fsPath, two.fsPath);
  const first = await picker.pick(target, { placeHolder: "Compare which model?", asFile: true, suits: isReadable });
  const second = first && (await pickOther(picker, first.path));
  if (first && second !== undefined) await inspector.compare(first.path, second);
}

async function why({ picker, loader, loaded, runtime }: ManagerParts, target: unknown): Promise<void> {
  const model = target === undefined && loaded.model ? loaded.model : await picker.pick(target, { placeHolder: "How would which model be loaded?" });
  if (model) await whyTheseSettings(loader, model, runtime.loaded?.path === model.path);
}

async function openPage({ picker, hubUrl }: ManagerParts, target: unknown): Promise<void> {
  const asked = isDownloadNode(target) ? target.download.repository : await picker.pick(target, { placeHolder: "Open the page of which model?", asFile: true });
  if (asked === undefined) return;
  const page = typeof asked === "string" ? repositoryPage(asked, hubUrl()) : modelPage(asked, hubUrl());
  if (page === undefined) throw noPage(asked);
  await vscode.env.openExternal(vscode.Uri.parse(page, true));
}

function noPage(asked: ModelFile | string): HumanError {
  const name = typeof asked === "string" ? asked : fileName(asked.path);
  return new HumanError("notFound", `Nothing tells which page ${name} came from.`);
}
