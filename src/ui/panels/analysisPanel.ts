import * as vscode from "vscode";
import type { AnalysisEvent, AnalysisRequests, AnalysisSnapshot } from "../../protocol/panels";
import { Disposables } from "../disposables";
import { fileName } from "../format";
import type { Analyses } from "../inlineAnalysis/analyses";
import { findingAt } from "../inlineAnalysis/findingTracker";
import { Throttle } from "../throttle";
import { PanelHost } from "./panelHost";

export interface AnalysisPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly analyses: Analyses;
  reveal(uri: vscode.Uri, id: string): Promise<void>;
  analyse(uri: vscode.Uri): Promise<void>;
  showError(error: unknown): void;
}

/** Milliseconds between two pictures while findings stream in. */
const pictureInterval = 100;

/** The list of findings beside the document: one panel, which follows the analysed document that is being worked in. */
export class AnalysisPanel {
  readonly #disposables = new Disposables();
  readonly #picture = this.#disposables.add(new Throttle(pictureInterval, () => this.#draw()));
  #host: PanelHost<AnalysisRequests, AnalysisEvent> | undefined;
  #uri: vscode.Uri | undefined;
  #selected: string | undefined;

  constructor(private readonly parts: AnalysisPanelParts) {
    const { analyses } = parts;
    this.#disposables.add(analyses.onDidChange((uri) => this.#shows(uri) && this.#picture.request()));
    this.#disposables.add(vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor && analyses.snapshot(editor.document.uri)) this.#follow(editor.document.uri);
    }));
    this.#disposables.add(vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#followCursor(textEditor)));
  }

  /** Opens the panel beside the editor without taking the focus from it. */
  show(uri: vscode.Uri): void {
    this.#follow(uri);
    if (this.#host) this.#host.reveal(true);
    else this.#host = this.#create(uri);
  }

  /** Shows the finding as chosen. */
  select(id: string): void {
    this.#selected = id;
    this.#tellSelected();
  }

  dispose(): void {
    this.#host?.dispose();
    this.#disposables.dispose();
  }

  get #snapshot(): AnalysisSnapshot {
    return (this.#uri && this.parts.analyses.snapshot(this.#uri)) ?? { findings: [] };
  }

  #create(uri: vscode.Uri): PanelHost<AnalysisRequests, AnalysisEvent> {
    const { extensionUri, analyses } = this.parts;
    const options = { name: "analysis", title: titleOf(uri), column: vscode.ViewColumn.Beside, preserveFocus: true } as const;
    const host = new PanelHost<AnalysisRequests, AnalysisEvent>(extensionUri, options, {
      ready: () => {
        // The answer draws the list; only then is there something to select in it.
        if (this.#selected !== undefined) setTimeout(() => this.#tellSelected());
        return this.#snapshot;
      },
      analyse: () => this.#try((shown) => this.parts.analyse(shown)),
      stop: () => analyses.stop(),
      reveal: ({ id }) => this.#try((shown) => this.parts.reveal(shown, id)),
    });
    host.onDidDispose(() => (this.#host = undefined));
    return host;
  }

  async #try(action: (shown: vscode.Uri) => Promise<void>): Promise<void> {
    try {
      if (this.#uri) await action(this.#uri);
    } catch (error) {
      this.parts.showError(error);
    }
  }

  #shows(uri: vscode.Uri): boolean {
    return this.#uri?.toString() === uri.toString();
  }

  #follow(uri: vscode.Uri): void {
    if (this.#shows(uri)) return;
    this.#uri = uri;
    this.#selected = undefined;
    if (this.#host) this.#host.title = titleOf(uri);
    this.#picture.request();
  }

  #draw(): void {
    this.#host?.tell({ kind: "snapshot", snapshot: this.#snapshot });
  }

  #tellSelected(): void {
    if (this.#selected !== undefined) this.#host?.tell({ kind: "select", id: this.#selected });
  }

  /** The finding under the cursor is the one that the list shows as chosen. */
  #followCursor({ document, selection }: vscode.TextEditor): void {
    if (!this.#host || !this.#shows(document.uri)) return;
    const id = findingAt(this.parts.analyses.findings(document.uri), document.offsetAt(selection.start))?.id;
    if (id === this.#selected) return;
    this.#selected = id;
    this.#tellSelected();
  }
}

function titleOf(uri: vscode.Uri): string {
  return `Analysis: ${fileName(uri.path)}`;
}
