import * as vscode from "vscode";
import type { AnalysisEvent, AnalysisRequests, AnalysisSnapshot, WrittenPart } from "../../protocol/panels";
import { Disposables } from "../disposables";
import { fileName } from "../format";
import type { Analyses } from "../inlineAnalysis/analyses";
import { findingAt } from "../inlineAnalysis/findingWays";
import type { Passage } from "../inlineAnalysis/movedFinding";
import { Throttle } from "../throttle";
import { PanelHost } from "./panelHost";

export type AnalysisTab = Extract<AnalysisEvent, { kind: "show" }>["tab"];

/** What the panel's buttons do, each on the document that it shows. */
export interface AnalysisPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly analyses: Analyses;
  stop(): void;
  analyse(uri: vscode.Uri): Promise<void>;
  reveal(uri: vscode.Uri, id: string): Promise<void>;
  revealPlace(uri: vscode.Uri, place: Passage): Promise<void>;
  reject(uri: vscode.Uri, id: string): Promise<void>;
  write(uri: vscode.Uri, part: WrittenPart): Promise<void>;
  ask(uri: vscode.Uri, question: string): Promise<void>;
  forgetAnswers(uri: vscode.Uri): void;
  chooseModel(uri: vscode.Uri): Promise<void>;
  compare(uri: vscode.Uri): Promise<void>;
  closeComparison(uri: vscode.Uri): void;
  exportLabels(): Promise<void>;
  showError(error: unknown): void;
}

/** Milliseconds between two pictures while findings stream in. */
const pictureInterval = 100;

/** What is known of a document, beside it: one panel, which follows the analysed document that is being worked in. */
export class AnalysisPanel {
  readonly #disposables = new Disposables();
  readonly #picture = this.#disposables.add(new Throttle(pictureInterval, () => this.#draw()));
  #host: PanelHost<AnalysisRequests, AnalysisEvent> | undefined;
  #uri: vscode.Uri | undefined;
  #selected: string | undefined;
  /** To be opened as soon as the panel can hear. */
  #tab: AnalysisTab | undefined;
  #isReady = false;

  constructor(private readonly parts: AnalysisPanelParts) {
    const { analyses } = parts;
    this.#disposables.add(analyses.onDidChange((uri) => this.#shows(uri) && this.#picture.request()));
    this.#disposables.add(vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor && analyses.get(editor.document.uri)) this.#follow(editor.document.uri);
    }));
    this.#disposables.add(vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#followCursor(textEditor)));
  }

  /** The document that is shown. */
  get uri(): vscode.Uri | undefined {
    return this.#host && this.#uri;
  }

  /** Opens the panel beside the editor without taking the focus from it. */
  show(uri: vscode.Uri): void {
    this.#follow(uri);
    if (this.#host) this.#host.reveal(true);
    else this.#create(uri);
  }

  showTab(uri: vscode.Uri, tab: AnalysisTab): void {
    this.show(uri);
    this.#tab = tab;
    this.#tellTab();
  }

  /** A panel that VS Code kept over a reload of the window. */
  restore(uri: vscode.Uri, panel: vscode.WebviewPanel): void {
    if (this.#host) return panel.dispose();
    this.#follow(uri);
    this.#create(uri, panel);
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

  #create(uri: vscode.Uri, restored?: vscode.WebviewPanel): void {
    const { parts } = this;
    const options = { name: "analysis", title: titleOf(uri), column: vscode.ViewColumn.Beside, preserveFocus: true, restored } as const;
    const host = new PanelHost<AnalysisRequests, AnalysisEvent>(parts.extensionUri, options, {
      ready: () => this.#ready(),
      analyse: () => this.#try((shown) => parts.analyse(shown)),
      stop: () => parts.stop(),
      reveal: ({ id }) => this.#try((shown) => parts.reveal(shown, id)),
      revealPlace: (place) => this.#try((shown) => parts.revealPlace(shown, place)),
      reject: ({ id }) => this.#try((shown) => parts.reject(shown, id)),
      write: ({ part }) => this.#try((shown) => parts.write(shown, part)),
      ask: ({ question }) => this.#try((shown) => parts.ask(shown, question)),
      forgetAnswers: () => this.#try((shown) => parts.forgetAnswers(shown)),
      chooseModel: () => this.#try((shown) => parts.chooseModel(shown)),
      compare: () => this.#try((shown) => parts.compare(shown)),
      exportLabels: () => this.#try(() => parts.exportLabels()),
      closeComparison: () => this.#try((shown) => parts.closeComparison(shown)),
    });
    this.#host = host;
    host.onDidDispose(() => {
      this.#host = undefined;
      this.#isReady = false;
    });
  }

  #ready(): AnalysisSnapshot {
    this.#isReady = true;
    // The answer draws the panel; only then is there something to select in it.
    setTimeout(() => {
      this.#tellTab();
      this.#tellSelected();
    });
    return this.#snapshot;
  }

  async #try(action: (shown: vscode.Uri) => Promise<void> | void): Promise<void> {
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

  #tellTab(): void {
    if (!this.#isReady || this.#tab === undefined) return;
    this.#host?.tell({ kind: "show", tab: this.#tab });
    this.#tab = undefined;
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
