import { basename } from "node:path";
import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { InspectorEvent, InspectorRequests, InspectorSnapshot } from "../../protocol/modelPanels";
import type { Inspector } from "../../services/models/inspector";
import type { CommandId } from "../commands/commandTitles";
import { Disposables } from "../disposables";
import { PanelHost } from "../panels/panelHost";
import { Throttle } from "../throttle";

export interface InspectorParts {
  readonly extensionUri: vscode.Uri;
  readonly inspector: Inspector;
  /** What the library knows of a file besides its header: whose it is, where it came from. */
  known(path: string): Promise<ModelFile | undefined>;
  /** Asks for the other file of a comparison. */
  chooseOther(path: string): Promise<string | undefined>;
  showError(error: unknown): void;
}

/** A file that is being written changes all the time: milliseconds between two looks at it. */
const settling = 1000;

/** One open file: what its header holds, and what differs from another one's. Reads headers only, and never with native code. */
export class InspectorView {
  readonly #disposables = new Disposables();
  readonly #host: PanelHost<InspectorRequests, InspectorEvent>;
  readonly onDidDispose: vscode.Event<void>;
  #snapshot: InspectorSnapshot;
  #other: string | undefined;
  /** Looks so far: an earlier one that ends late has nothing to say. */
  #looks = 0;

  constructor(private readonly parts: InspectorParts, readonly uri: vscode.Uri, panel: vscode.WebviewPanel) {
    const name = basename(uri.path);
    this.#snapshot = { name, loading: true };
    const run = (command: CommandId): Thenable<unknown> => vscode.commands.executeCommand(command, uri.fsPath);
    this.#host = new PanelHost<InspectorRequests, InspectorEvent>(parts.extensionUri, { name: "inspector", title: name, column: vscode.ViewColumn.Active, restored: panel }, {
      ready: () => this.#snapshot,
      values: ({ key, start, count }) => parts.inspector.values(uri.fsPath, key, start, count),
      copy: async ({ text }) => vscode.env.clipboard.writeText(text),
      compare: () => this.#try(async () => {
        const other = await parts.chooseOther(uri.fsPath);
        if (other !== undefined) await this.compareWith(other);
      }),
      closeDiff: () => this.#closeDiff(),
      quantize: async () => void (await run("decant.quantize")),
      showTradeoffs: async () => void (await run("decant.showTradeoffs")),
    });
    this.onDidDispose = this.#host.onDidDispose;
    const look = this.#disposables.add(new Throttle(settling, () => void this.#look()));
    this.onDidDispose(() => this.#disposables.dispose());
    if (uri.scheme === "file") this.#watch(() => look.request());
    look.request();
  }

  reveal(): void {
    this.#host.reveal();
  }

  async compareWith(other: string): Promise<void> {
    this.#other = other;
    await this.#look();
  }

  #watch(changed: () => void): void {
    const folder = vscode.Uri.joinPath(this.uri, "..");
    const watcher = this.#disposables.add(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, escaped(basename(this.uri.path)))));
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
  }

  async #look(): Promise<void> {
    const look = ++this.#looks;
    const snapshot = await this.#read();
    if (look === this.#looks) this.#show(snapshot);
  }

  async #read(): Promise<InspectorSnapshot> {
    const name = basename(this.uri.path);
    try {
      if (this.uri.scheme !== "file") throw new HumanError("unsupported", `${name} is not a file on this machine: save it here to look into it.`);
      const { inspector, known } = this.parts;
      const [read, model] = await Promise.all([inspector.inspect(this.uri.fsPath), known(this.uri.fsPath)]);
      const inspection = model ? { ...read, model } : read;
      const { problem, source, name: tag } = inspection.model;
      // Ollama's files are named by their hash.
      return { name: source === "ollama" && tag ? tag : name, inspection, ...(problem && { problem }), ...(await this.#difference()) };
    } catch (error) {
      return { name, problem: sentenceOf(error) };
    }
  }

  async #difference(): Promise<Pick<InspectorSnapshot, "diff">> {
    const { parts, uri } = this;
    const other = this.#other;
    if (other === undefined) return {};
    try {
      const [diff, first, second] = await Promise.all([parts.inspector.diff(uri.fsPath, other), parts.known(uri.fsPath), parts.known(other)]);
      return { diff: { ...diff, first: first ?? diff.first, second: second ?? diff.second } };
    } catch (error) {
      this.#other = undefined;
      parts.showError(error);
      return {};
    }
  }

  #closeDiff(): void {
    this.#other = undefined;
    this.#show({ ...this.#snapshot, diff: undefined });
  }

  #show(snapshot: InspectorSnapshot): void {
    this.#snapshot = snapshot;
    this.#host.tell({ kind: "snapshot", snapshot });
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
