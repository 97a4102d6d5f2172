import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { type CancellationToken, CancellationTokenSource, type DocumentText } from "../../protocol/rpc";
import type { Runtime } from "../../services/ports";
import type { Activity } from "../activity";
import { Disposables } from "../disposables";
import { fileName } from "../format";

/** Scheme of the readable, read-only text of a .docx or .pdf file; the path is the file's, with a suffix. */
export const textScheme = "decant-text";

/** Also of what is plain text: VS Code breaks long lines of Markdown, and a paragraph is one line. */
const suffix = ".md";

const readable = /\.(docx|pdf)$/i;

interface OpenText {
  readonly bytes: Uint8Array;
  readonly modified: number;
}

/**
 * Opens files of word processors as text. It is a file system of read-only files, not a provider of document contents,
 * because VS Code brings tabs of the former back after a reload of the window, and forgets those of the latter.
 */
export class TextDocuments implements vscode.FileSystemProvider {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;
  /** By URI; only of documents that are open or just being opened. */
  readonly #texts = new Map<string, Promise<OpenText>>();

  constructor(private readonly runtime: Pick<Runtime, "documentText">, private readonly activity: Activity) {
    this.#disposables.add(vscode.workspace.registerFileSystemProvider(textScheme, this, { isReadonly: true, isCaseSensitive: true }));
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())));
  }

  static isReadable(uri: vscode.Uri): boolean {
    return uri.scheme !== textScheme && readable.test(uri.path);
  }

  /** The text of the file, read afresh, as a document of the editor. */
  async open(file: vscode.Uri): Promise<vscode.TextDocument> {
    const name = fileName(file.path);
    const read = await this.activity.run(`Opening ${name}`, (_report, token) => this.#read(file, token));
    const uri = file.with({ scheme: textScheme, path: `${file.path}${suffix}` });
    this.#texts.set(uri.toString(), Promise.resolve(openText(read.text)));
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    const document = await vscode.workspace.openTextDocument(uri);
    if (read.warnings.length > 0) void vscode.window.showWarningMessage(`${name}: ${read.warnings.join(" ")}`);
    return document;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, modified } = await this.#text(uri);
    return { type: vscode.FileType.File, ctime: modified, mtime: modified, size: bytes.length, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#text(uri)).bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** What `open` has read; after a reload of the window nothing was, and VS Code asks for a tab that is still there. */
  #text(uri: vscode.Uri): Promise<OpenText> {
    const known = this.#texts.get(uri.toString());
    if (known) return known;
    const file = uri.with({ scheme: "file", path: uri.path.slice(0, -suffix.length) });
    if (!readable.test(file.path)) throw vscode.FileSystemError.FileNotFound(uri);
    // What is thrown here would be shown as an editor that failed: the sentence in its place can be read.
    const text = this.#read(file, new CancellationTokenSource().token).then((read) => read.text, (error: unknown) => sentenceOf(error));
    const opened = text.then(openText);
    this.#texts.set(uri.toString(), opened);
    return opened;
  }

  #read(file: vscode.Uri, token: CancellationToken): Promise<DocumentText> {
    if (file.scheme !== "file") throw new HumanError("unsupported", `${fileName(file.path)} is not a file of this machine: save it here first.`);
    return this.runtime.documentText(file.fsPath, token);
  }
}

function openText(text: string): OpenText {
  return { bytes: new TextEncoder().encode(text), modified: Date.now() };
}
