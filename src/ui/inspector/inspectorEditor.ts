import * as vscode from "vscode";
import { type InspectorParts, InspectorView } from "./inspectorView";

const viewType = "decant.inspector";

/** The editor that VS Code opens .gguf files with. Files of an untrusted workspace are fine: only our own bounded reader sees them. */
export class InspectorEditor implements vscode.CustomReadonlyEditorProvider {
  readonly #registration: vscode.Disposable;
  readonly #open = new Set<InspectorView>();

  constructor(private readonly parts: InspectorParts) {
    this.#registration = vscode.window.registerCustomEditorProvider(viewType, this, { supportsMultipleEditorsPerDocument: true });
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const view = new InspectorView(this.parts, uri, panel);
    this.#open.add(view);
    view.onDidDispose(() => this.#open.delete(view));
  }

  /** Opens any file as a model, also one that does not end in .gguf, as Ollama's do. */
  async show(path: string, preserveFocus = false): Promise<void> {
    const options: vscode.TextDocumentShowOptions = { preview: true, preserveFocus };
    await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(path), viewType, options);
  }

  async compare(path: string, other: string): Promise<void> {
    await this.show(path);
    const uri = vscode.Uri.file(path).toString();
    await [...this.#open].find((view) => view.uri.toString() === uri)?.compareWith(other);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
