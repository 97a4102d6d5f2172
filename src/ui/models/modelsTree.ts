import * as vscode from "vscode";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import { modelName } from "../../services/models/modelLibrary";
import { Disposables } from "../disposables";
import { fileName, folderName, formatBytes, formatCount } from "../format";
import type { LoadedModelFile } from "./loadedModel";
import { type FamilyNode, type ModelNode, type TreeNode, familyDescription, modelContext, modelDescription, modelLabel } from "./modelNode";

/** The view "Models": a base model and its levels under one name. */
export class ModelsTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<TreeNode>;

  constructor(private readonly library: ModelLibrary, private readonly loaded: LoadedModelFile) {
    this.#view = this.#disposables.add(vscode.window.createTreeView("decant.models", { treeDataProvider: this, showCollapseAll: true }));
    this.#disposables.add(library.onDidChange(() => this.#changed.fire()));
    this.#disposables.add(loaded.onDidChange(() => this.#changed.fire()));
  }

  get onDidChangeVisibility(): vscode.Event<vscode.TreeViewVisibilityChangeEvent> {
    return this.#view.onDidChangeVisibility;
  }

  /** Selects a file when the view is open; never opens the view by itself. */
  async reveal(path: string): Promise<void> {
    if (!this.#view.visible) return;
    const node = (await this.#modelNodes()).find(({ model }) => model.path === path);
    if (node) await this.#view.reveal(node, { select: true, focus: false });
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (!node) return (await this.library.families()).map((family) => ({ kind: "family", family }) satisfies FamilyNode);
    return node.kind === "family" ? node.family.files.map((model) => ({ kind: "model", model, family: node.family })) : [];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === "model" ? { kind: "family", family: node.family } : undefined;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.kind === "family" ? familyItem(node) : this.#modelItem(node);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #modelNodes(): Promise<readonly ModelNode[]> {
    const families = await this.library.families();
    return families.flatMap((family) => family.files.map((model) => ({ kind: "model", model, family }) as const));
  }

  #modelItem(node: ModelNode): vscode.TreeItem {
    const { model } = node;
    const isLoaded = this.loaded.model?.path === model.path;
    const item = new vscode.TreeItem(modelLabel(node));
    item.id = model.path;
    item.description = modelDescription(node, isLoaded);
    item.contextValue = modelContext(model, isLoaded);
    item.iconPath = modelIcon(model.problem !== undefined, isLoaded);
    item.tooltip = modelTooltip(node);
    item.accessibilityInformation = { label: model.problem ? `${fileName(model.path)}: ${model.problem}` : `${modelName(model)}, ${item.description}` };
    return item;
  }
}

function familyItem({ family }: FamilyNode): vscode.TreeItem {
  const item = new vscode.TreeItem(family.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `family:${family.name}`;
  item.description = familyDescription(family);
  item.contextValue = "family";
  item.accessibilityInformation = { label: `${family.name}, ${item.description}` };
  return item;
}

function modelIcon(problem: boolean, loaded: boolean): vscode.ThemeIcon {
  if (problem) return new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  if (loaded) return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor("charts.blue"));
  return new vscode.ThemeIcon("circle-outline");
}

function modelTooltip({ model }: ModelNode): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown("**").appendText(modelName(model)).appendMarkdown("**\n\n");
  if (model.problem) text.appendMarkdown("$(warning) ").appendText(model.problem).appendMarkdown("\n\n");
  else {
    const facts = [
      `${formatBytes(model.bytes)} (${model.bytes.toLocaleString("en")} bytes)`,
      `${formatCount(model.parameters)} weights, ${((8 * model.bytes) / Math.max(1, model.parameters)).toFixed(2)} bits each with the header`,
      model.architecture,
      ...(model.contextLength > 0 ? [`${model.contextLength.toLocaleString("en")} tokens of context`] : []),
    ];
    for (const fact of facts) text.appendMarkdown("- ").appendText(fact).appendMarkdown("\n");
    text.appendMarkdown("\n");
  }
  return text.appendText(`${fileName(model.path)} in ${folderName(model.path)}`);
}
