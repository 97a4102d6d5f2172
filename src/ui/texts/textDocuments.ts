import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { type CancellationToken, CancellationTokenSource, type DocumentText } from "../../protocol/rpc";
import type { Runtime } from "../../services/ports";
import type { Activity } from "../activity";
import { Disposables } from "../disposables";
import { fileName } from "../format";

/** Scheme of the readable, read-only text of a .docx or .pdf file; the path is the file's, with .md or .txt behind it. */
export const textScheme = "decant-text";

const readable = /\.(docx|pdf)$/i;
const suffixes: Record<DocumentText["kind"], string> = { markdown: ".md", plaintext: ".txt" };

/** Opens files of word processors as text. */
export class TextDocuments implements vscode.TextDocumentContentProvider {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  /** By URI; only of documents that are open or just being opened. */
  readonly #texts = new Map<string, string>();

  constructor(private readonly runtime: Pick<Runtime, "documentText">, private readonly activity: Activity) {
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(textScheme, this));
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())));
  }

  static isReadable(uri: vscode.Uri): boolean {
    return readable.test(uri.path);
  }

  /** The text of the file, read afresh, as a document of the editor. */
  async open(file: vscode.Uri): Promise<vscode.TextDocument> {
    const name = fileName(file.path);
    const { text, kind, warnings } = await this.activity.run(`Opening ${name}`, (_report, token) => this.#read(file, token));
    const uri = file.with({ scheme: textScheme, path: `${file.path}${suffixes[kind]}` });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    if (warnings.length > 0) void vscode.window.showWarningMessage(`${name}: ${warnings.join(" ")}`);
    return document;
  }

  /** VS Code asks here after a reload of the window, when the tab is still there. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const known = this.#texts.get(uri.toString());
    if (known !== undefined) return known;
    const file = uri.with({ scheme: "file", path: uri.path.replace(/\.(md|txt)$/, "") });
    // What is thrown here would be shown as an editor that failed: the sentence in its place can be read.
    return this.#read(file, new CancellationTokenSource().token).then(({ text }) => text, (error: unknown) => sentenceOf(error));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #read(file: vscode.Uri, token: CancellationToken): Promise<DocumentText> {
    if (file.scheme !== "file") throw new HumanError("unsupported", `${fileName(file.path)} is not a file of this machine: save it here first.`);
    return this.runtime.documentText(file.fsPath, token);
  }
}
