import { basename } from "node:path";
import * as vscode from "vscode";
import type { InspectorEvent, InspectorRequests } from "../../protocol/modelPanels";
import type { Inspector } from "../../services/models/inspector";
import type { CommandId } from "../commands/commandTitles";
import { Disposables } from "../disposables";
import { PanelHost } from "../panels/panelHost";
import { Throttle } from "../throttle";
import { InspectedFile, type InspectedFileParts } from "./inspectedFile";

export interface InspectorParts extends InspectedFileParts {
  readonly extensionUri: vscode.Uri;
  readonly inspector: Inspector;
  /** Asks for the other file of a comparison. */
  chooseOther(path: string): Promise<string | undefined>;
}

/** A file that is being written changes all the time: milliseconds between two looks at it. */
const settling = 1000;

/** One open file: what its header holds, and what differs from another one's. Reads headers only, and never with native code. */
export class InspectorView {
  readonly #disposables = new Disposables();
  readonly #host: PanelHost<InspectorRequests, InspectorEvent>;
  readonly onDidDispose: vscode.Event<void>;
  readonly #file: InspectedFile;

  constructor(private readonly parts: InspectorParts, readonly uri: vscode.Uri, panel: vscode.WebviewPanel) {
    const name = basename(uri.path);
    this.#file = new InspectedFile(uri, parts, () => this.#host.tell({ kind: "snapshot", snapshot: this.#file.snapshot }));
    const run = (command: CommandId): Thenable<unknown> => vscode.commands.executeCommand(command, uri.fsPath);
    this.#host = new PanelHost<InspectorRequests, InspectorEvent>(parts.extensionUri, { name: "inspector", title: name, column: vscode.ViewColumn.Active, restored: panel }, {
      ready: () => this.#file.snapshot,
      values: ({ key, start, count }) => parts.inspector.values(uri.fsPath, key, start, count),
      copy: async ({ text }) => vscode.env.clipboard.writeText(text),
      compare: () => this.#try(async () => {
        const other = await parts.chooseOther(uri.fsPath);
        if (other !== undefined) await this.compareWith(other);
      }),
      closeDiff: () => this.#file.closeDiff(),
      quantize: async () => void (await run("decant.quantize")),
      showTradeoffs: async () => void (await run("decant.showTradeoffs")),
    });
    this.onDidDispose = this.#host.onDidDispose;
    const look = this.#disposables.add(new Throttle(settling, () => void this.#file.look()));
    this.onDidDispose(() => this.#disposables.dispose());
    if (uri.scheme === "file") this.#watch(() => look.request());
    look.request();
  }

  compareWith(other: string): Promise<void> {
    return this.#file.compareWith(other);
  }

  #watch(changed: () => void): void {
    const folder = vscode.Uri.joinPath(this.uri, "..");
    const watcher = this.#disposables.add(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, escaped(basename(this.uri.path)))));
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.parts.showError(error);
    }
  }
}

/** A file's name as a glob that matches it alone. */
function escaped(name: string): string {
  return name.replace(/[*?{}[\]]/g, "[$&]");
}
