import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot, ShownFinding } from "../../protocol/panels";
import { modelName } from "../../services/models/modelLibrary";
import { Disposables } from "../disposables";
import { fileName } from "../format";
import type { ChosenModel } from "../models/modelActions";
import { type FindingFilter, filteredFindings, filteredSnapshot } from "./findingFilter";
import { Reading } from "./reading";

/** One document, what was said of it, and by which models. */
export interface Analysis {
  readonly document: vscode.TextDocument;
  readonly reading: Reading;
  /** Finds the clauses. */
  reader?: ModelFile;
  /** Answers questions and writes; the reader unless the person chose another. */
  writer?: ModelFile;
  /** What the person had loaded when the reader was chosen. */
  chosen?: ChosenModel;
}

/** What is known of the open documents that were analysed, moved along with their text. */
export class Analyses {
  readonly #analyses = new Map<string, Analysis>();
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** Fires with the document of which something is known anew: a finding, an answer, mere progress. */
  readonly onDidChange = this.#changed.event;
  readonly #findingsChanged = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** Fires only when findings came, moved or went: redrawing them for mere progress would starve the editor. */
  readonly onDidChangeFindings = this.#findingsChanged.event;
  readonly #edited = this.#disposables.add(new vscode.EventEmitter<Analysis>());
  readonly onDidEdit = this.#edited.event;
  readonly #ended = this.#disposables.add(new vscode.EventEmitter<Analysis>());
  /** Fires when nothing shall be known of a document any more, because it was closed or the person said so. */
  readonly onDidEnd = this.#ended.event;

  constructor(private readonly filter: () => FindingFilter, onDidChangeFilter: (listener: () => void) => vscode.Disposable) {
    this.#disposables.add(vscode.workspace.onDidChangeTextDocument((change) => this.#follow(change)));
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)));
    this.#disposables.add(onDidChangeFilter(() => {
      for (const { document } of this.all) this.changed(document.uri, "findings");
    }));
  }

  get all(): readonly Analysis[] {
    return [...this.#analyses.values()];
  }

  get hasFindings(): boolean {
    return this.all.some(({ document }) => this.findings(document.uri).length > 0);
  }

  findings(uri: vscode.Uri): readonly ShownFinding[] {
    const analysis = this.get(uri);
    return analysis ? filteredFindings(analysis.reading.findings, this.filter()) : [];
  }

  /** The whole picture of a document, as the panel draws it; undefined for one that was not analysed. */
  snapshot(uri: vscode.Uri): AnalysisSnapshot | undefined {
    const analysis = this.get(uri);
    if (!analysis) return undefined;
    const { document, reading, reader, writer } = analysis;
    const onLine = <P extends { readonly start: number }>(passages: readonly P[]): readonly P[] =>
      passages.map((passage) => ({ ...passage, line: document.positionAt(passage.start).line + 1 }));
    const snapshot = filteredSnapshot(reading.snapshot, this.filter());
    const { comparison } = snapshot;
    const other = writer && writer.path !== reader?.path ? { writer: modelName(writer) } : {};
    return { ...snapshot, ...other, findings: onLine(snapshot.findings), ...(comparison && { comparison: { ...comparison, rows: onLine(comparison.rows) } }) };
  }

  get(uri: vscode.Uri): Analysis | undefined {
    return this.#analyses.get(uri.toString());
  }

  /** The analysis of a document, a new one where there is none. */
  open(document: vscode.TextDocument): Analysis {
    const known = this.get(document.uri);
    if (known && known.document === document) return known;
    const analysis: Analysis = { document, reading: new Reading({ uri: document.uri.toString(), name: fileName(document.uri.path) }) };
    this.#analyses.set(document.uri.toString(), analysis);
    return analysis;
  }

  /** The document that a finding belongs to, with the finding as it stands now. */
  find(uri: vscode.Uri, id: string): { readonly document: vscode.TextDocument; readonly finding: ShownFinding } {
    const analysis = this.get(uri);
    const finding = analysis?.reading.findings.find((candidate) => candidate.id === id);
    if (!analysis || !finding) throw new HumanError("notFound", "This passage has changed since the document was read. Analyse it again.");
    return { document: analysis.document, finding };
  }

  /** Tells everybody. */
  changed(uri: vscode.Uri, what: "findings" | "progress"): void {
    if (what === "findings") this.#findingsChanged.fire(uri);
    this.#changed.fire(uri);
  }

  ignore(uri: vscode.Uri, id: string): void {
    this.get(uri)?.reading.ignore(this.find(uri, id).finding);
    this.changed(uri, "findings");
  }

  clear(uri: vscode.Uri): void {
    const analysis = this.get(uri);
    if (!analysis) return;
    this.#analyses.delete(uri.toString());
    this.#ended.fire(analysis);
    this.changed(uri, "findings");
  }

  clearAll(): void {
    for (const { document } of this.all) this.clear(document.uri);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const analysis = this.get(document.uri);
    if (!analysis || contentChanges.length === 0) return;
    analysis.reading.edited(contentChanges.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, removed: rangeLength, inserted: text.length })));
    this.changed(document.uri, "findings");
    this.#edited.fire(analysis);
  }
}
