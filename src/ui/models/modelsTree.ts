import * as vscode from "vscode";
import { fitOf } from "../../core/models/fitOf";
import type { ModelFile } from "../../protocol/model";
import type { Runtime } from "../../services/ports";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { Settings } from "../adapters/settings";
import { Disposables } from "../disposables";
import type { DownloadNodes } from "./downloadNodes";
import type { LoadedModelFile } from "./loadedModel";
import type { MachineAtHand } from "./machineAtHand";
import { type FamilyNode, type ModelNode, type TreeNode, attachmentsOf, modelsOf } from "./modelNode";
import { attachedAt, type FitFacts } from "./modelWords";
import { downloadItem, familyItem, hintItem, modelItem } from "./treeItems";
import { isUsable } from "./usableModels";

export interface ModelsTreeParts {
  readonly library: ModelLibrary;
  readonly runtime: Runtime;
  readonly loaded: LoadedModelFile;
  readonly downloads: DownloadNodes;
  readonly machine: MachineAtHand;
  readonly settings: Settings;
}

/** The view "Models": what is being fetched, then each base model with its levels, and under these what belongs to them. */
export class ModelsTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<TreeNode | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<TreeNode>;

  constructor(private readonly parts: ModelsTreeParts) {
    const { library, runtime, loaded, downloads, machine, settings } = parts;
    this.#view = this.#disposables.add(vscode.window.createTreeView("decant.models", { treeDataProvider: this, showCollapseAll: true }));
    const redraw = (): void => this.#changed.fire(undefined);
    for (const event of [library.onDidChange, loaded.onDidChange, machine.onDidChange, downloads.onDidChangeList] as const) this.#disposables.add(event(redraw));
    this.#disposables.add(runtime.onDidChangeLoaded(redraw));
    this.#disposables.add(settings.onDidChange("contextSize", redraw));
    this.#disposables.add(downloads.onDidProgress((node) => this.#changed.fire(node)));
    this.#disposables.add(downloads.onDidChangeList(() => this.#count()));
  }

  get onDidChangeVisibility(): vscode.Event<vscode.TreeViewVisibilityChangeEvent> {
    return this.#view.onDidChangeVisibility;
  }

  /** What is selected, for commands that a key calls. */
  get selected(): TreeNode | undefined {
    return this.#view.selection[0];
  }

  /** Selects a file when the view is open; never opens the view by itself. */
  async reveal(path: string): Promise<void> {
    if (!this.#view.visible) return;
    const node = (await this.#modelNodes()).find(({ model }) => model.path === path);
    if (node) await this.#view.reveal(node, { select: true, focus: false });
  }

  /** On this machine with the context of the settings; undefined where the header does not give the numbers. */
  fitOf(model: ModelFile): FitFacts | undefined {
    const { machine, settings } = this.parts;
    const context = Math.min(settings.contextSize(), model.contextLength || Number.POSITIVE_INFINITY);
    const answer = isUsable(model) ? fitOf(model, machine.current, context) : undefined;
    return answer && { ...answer, context };
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#roots();
      case "family":
        return [...modelsOf(node.family)];
      case "model":
        return [...attachmentsOf(node, await this.parts.library.files())];
      default:
        return [];
    }
  }

  async #roots(): Promise<TreeNode[]> {
    const families = (await this.parts.library.families()).map((family): FamilyNode => ({ kind: "family", family }));
    const downloads = this.parts.downloads.nodes;
    const isNew = downloads.length === 0 && families.every(({ family }) => family.builtIn);
    return [...downloads, ...families, ...(isNew && families.length > 0 ? [{ kind: "hint" } as const] : [])];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if (node.kind !== "model") return undefined;
    const { owner, family } = node;
    return owner ? { kind: "model", model: owner, family } : { kind: "family", family };
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case "download":
        return downloadItem(node);
      case "family":
        return familyItem(node);
      case "hint":
        return hintItem();
      case "model":
        return this.#modelItem(node);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #modelItem(node: ModelNode): vscode.TreeItem {
    const { model, owner } = node;
    const { loaded } = this.parts.runtime;
    return modelItem(node, {
      fit: this.fitOf(model),
      loaded: loaded?.path === model.path ? loaded : undefined,
      attachedAt: attachedAt(owner, model, loaded),
      hubUrl: this.parts.settings.hubUrl(),
      hasAttachments: !owner && (model.attachments?.length ?? 0) > 0,
    });
  }

  #count(): void {
    const count = this.parts.downloads.nodes.length;
    this.#view.badge = count === 0 ? undefined : { value: count, tooltip: count === 1 ? "1 download" : `${count} downloads` };
  }

  async #modelNodes(): Promise<readonly ModelNode[]> {
    const all = await this.parts.library.files();
    return (await this.parts.library.families()).flatMap((family) => modelsOf(family)).flatMap((node) => [node, ...attachmentsOf(node, all)]);
  }
}
