import * as vscode from "vscode";
import type { Download } from "../../protocol/hub";
import type { LoadedModel, ModelFile } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";
import { modelName } from "../../services/models/modelLibrary";
import type { CommandId } from "../commands/commandTitles";
import { downloadContext, downloadDescription, downloadSentences } from "./downloadWords";
import { modelFacts, placeWords } from "./modelFacts";
import { previewed } from "../inspector/previewed";
import { type DownloadNode, type FamilyNode, type ModelNode, distinction, familyDescription, modelContext, modelLabel, spokenLabel, spokenProblem, tagWords } from "./modelNode";
import { type FitFacts, roleNames, stateWords } from "./modelWords";

/** What a model's row shows besides what its header tells. */
export interface ModelState {
  readonly fit: FitFacts | undefined;
  /** Set for the model that is loaded. */
  readonly loaded: LoadedModel | undefined;
  readonly hubUrl: string;
  /** The scale at which the loaded model uses this adapter. */
  readonly attachedAt?: number | undefined;
  readonly hasAttachments: boolean;
}

export function familyItem({ family }: FamilyNode): vscode.TreeItem {
  const item = new vscode.TreeItem(family.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `family:${family.name}`;
  item.description = familyDescription(family);
  item.contextValue = "family";
  item.accessibilityInformation = { label: `${family.name}, ${item.description}` };
  return item;
}

export function modelItem(node: ModelNode, { fit, loaded, hubUrl, attachedAt, hasAttachments }: ModelState): vscode.TreeItem {
  const { model, owner } = node;
  const item = new vscode.TreeItem(modelLabel(node), hasAttachments ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None);
  item.id = owner ? `${owner.path}|${model.path}` : model.path;
  const role = model.role ?? "model";
  const named = [distinction(node), tagWords(node)].filter((words) => words !== undefined);
  item.description = [...named, ...(role === "model" ? [] : [roleNames[role]]), ...(attachedAt === undefined ? [] : [`attached at ${attachedAt}`]), stateWords(model, fit?.fit, loaded)].join(" · ");
  item.contextValue = `${modelContext(model, loaded, hubUrl)}${attachedAt === undefined ? "" : ".attached"}`;
  item.iconPath = modelIcon(model, fit?.fit, loaded !== undefined);
  item.tooltip = modelTooltip(model, fit, loaded);
  item.command = { command: "decant.inspectModel" satisfies CommandId, title: "Inspect Model", arguments: [node, previewed] };
  item.accessibilityInformation = { label: model.problem ? spokenProblem(node, model.problem) : `${spokenLabel(node)}, ${item.description}` };
  return item;
}

export function downloadItem({ download }: DownloadNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`${download.repository} ${download.label}`);
  item.id = `download:${download.id}`;
  item.description = downloadDescription(download);
  item.contextValue = downloadContext(download);
  item.iconPath = downloadIcon(download);
  item.tooltip = downloadSentences(download).join("\n");
  item.command = { command: "decant.getModels" satisfies CommandId, title: "Get Models…" };
  item.accessibilityInformation = { label: `Download of ${item.label as string}, ${item.description}` };
  return item;
}

export function hintItem(): vscode.TreeItem {
  const item = new vscode.TreeItem("Get more models…");
  item.id = "hint";
  item.contextValue = "hint";
  item.iconPath = new vscode.ThemeIcon("cloud-download");
  item.tooltip = "Search a model hub, or add a folder with models of yours. Models of Ollama, LM Studio, llama.cpp and Hugging Face's cache are listed by themselves.";
  item.command = { command: "decant.getModels" satisfies CommandId, title: "Get Models…" };
  return item;
}

const fitColours: Readonly<Record<Fit, string>> = { gpu: "charts.green", partial: "charts.yellow", ram: "charts.green", tight: "charts.orange", no: "charts.red" };

/** The shape tells it too: colours alone are not seen by everyone. */
function modelIcon({ problem, role }: ModelFile, fit: Fit | undefined, loaded: boolean): vscode.ThemeIcon {
  if (problem) return new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  if (role === "adapter") return new vscode.ThemeIcon("plug");
  if (role === "projector") return new vscode.ThemeIcon("eye");
  if (loaded) return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor("charts.blue"));
  return new vscode.ThemeIcon(fit === "no" ? "circle-slash" : "circle-outline", fit && new vscode.ThemeColor(fitColours[fit]));
}

const downloadIcons: Readonly<Record<Download["state"], string>> = {
  waiting: "clock", running: "cloud-download", paused: "debug-pause", checking: "loading~spin", done: "check", failed: "error",
};

function downloadIcon({ state }: Download): vscode.ThemeIcon {
  return new vscode.ThemeIcon(downloadIcons[state], state === "failed" ? new vscode.ThemeColor("list.errorForeground") : undefined);
}

function modelTooltip(model: ModelFile, fit: FitFacts | undefined, loaded: LoadedModel | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown("**").appendText(modelName(model)).appendMarkdown("**\n\n");
  if (model.problem) text.appendMarkdown("$(warning) ").appendText(model.problem).appendMarkdown("\n\n");
  for (const fact of modelFacts(model, fit, loaded)) text.appendMarkdown("- ").appendText(fact).appendMarkdown("\n");
  text.appendMarkdown("\n");
  for (const place of placeWords(model)) text.appendText(place).appendMarkdown("\n\n");
  return text;
}
