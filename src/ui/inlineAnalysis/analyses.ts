import * as vscode from "vscode";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot, ShownFinding } from "../../protocol/panels";
import { CancellationTokenSource, type CancellationToken } from "../../protocol/rpc";
import type { DocumentAnalysis } from "../../services/analysis/documentAnalysis";
import { Disposables } from "../disposables";
import { fileName } from "../format";
import { FindingTracker } from "./findingTracker";

/** One document's reading: what the model said, kept in step with the text. */
interface Analysis {
  readonly document: vscode.TextDocument;
  readonly tracker: FindingTracker;
  snapshot: AnalysisSnapshot;
}

/** The analyses of all open documents, by document. One reading runs at a time; a new one ends the one before. */
export class Analyses {
  readonly #analyses = new Map<string, Analysis>();
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** Fires with the document whose findings or progress changed. */
  readonly onDidChange = this.#changed.event;
  readonly #findingsChanged = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** Fires only when findings came, moved or went: redrawing them for mere progress would starve the editor. */
  readonly onDidChangeFindings = this.#findingsChanged.event;
  #running: CancellationTokenSource | undefined;

  constructor(private readonly service: DocumentAnalysis) {
    this.#disposables.add(vscode.workspace.onDidChangeTextDocument((change) => this.#edited(change)));
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)));
  }

  get hasFindings(): boolean {
    return [...this.#analyses.values()].some(({ tracker }) => tracker.findings.length > 0);
  }

  findings(uri: vscode.Uri): readonly ShownFinding[] {
    return this.#analyses.get(uri.toString())?.tracker.findings ?? [];
  }

  /** The whole picture of a document, as the panel draws it; undefined for one that was not read. */
  snapshot(uri: vscode.Uri): AnalysisSnapshot | undefined {
    const analysis = this.#analyses.get(uri.toString());
    if (!analysis) return undefined;
    const { document, snapshot, tracker } = analysis;
    const findings = tracker.findings.map((finding) => ({ ...finding, line: document.positionAt(finding.start).line + 1 }));
    return { ...snapshot, findings, stale: tracker.stale };
  }

  /** Reads the document with the model; findings appear as they come. Rejects with what went wrong, which the snapshot tells too. */
  async analyse(document: vscode.TextDocument, model: ModelFile, token: CancellationToken, onSnapshot: (snapshot: AnalysisSnapshot) => void): Promise<void> {
    this.stop();
    const cancellation = new CancellationTokenSource();
    const link = token.onCancellationRequested(() => cancellation.cancel());
    this.#running = cancellation;
    const shared = { uri: document.uri.toString(), name: fileName(document.uri.path) };
    const analysis: Analysis = { document, tracker: new FindingTracker(), snapshot: { document: shared, findings: [] } };
    this.#analyses.set(shared.uri, analysis);
    this.#findingsChanged.fire(document.uri);
    try {
      for await (const snapshot of this.service.analyse({ ...shared, text: document.getText() }, model, cancellation.token)) {
        const isNews = snapshot.findings.length !== analysis.snapshot.findings.length || !snapshot.progress;
        analysis.tracker.found(snapshot.findings);
        analysis.snapshot = snapshot;
        if (isNews) this.#findingsChanged.fire(document.uri);
        onSnapshot(snapshot);
        this.#changed.fire(document.uri);
      }
    } catch (error) {
      const problem = isCancellation(error) ? "Stopped: the rest of the document was not read." : sentenceOf(error);
      analysis.snapshot = { ...analysis.snapshot, progress: undefined, problem };
      throw error;
    } finally {
      link.dispose();
      analysis.tracker.ended();
      if (this.#running === cancellation) this.#running = undefined;
      if (this.#analyses.get(shared.uri) === analysis) this.#changed.fire(document.uri);
    }
  }

  stop(): void {
    this.#running?.cancel();
  }

  clear(uri: vscode.Uri): void {
    const analysis = this.#analyses.get(uri.toString());
    if (!analysis) return;
    if (analysis.snapshot.progress) this.stop();
    this.#analyses.delete(uri.toString());
    this.#findingsChanged.fire(uri);
    this.#changed.fire(uri);
  }

  clearAll(): void {
    for (const { document } of [...this.#analyses.values()]) this.clear(document.uri);
  }

  /** The document that a finding belongs to, with the finding as it stands now. */
  find(uri: vscode.Uri, id: string): { readonly document: vscode.TextDocument; readonly finding: ShownFinding } {
    const analysis = this.#analyses.get(uri.toString());
    const finding = analysis?.tracker.findings.find((candidate) => candidate.id === id);
    if (!analysis || !finding) throw new HumanError("notFound", "This passage has changed since the document was read. Analyse it again.");
    return { document: analysis.document, finding };
  }

  dispose(): void {
    this.stop();
    this.#disposables.dispose();
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const analysis = this.#analyses.get(document.uri.toString());
    if (!analysis || contentChanges.length === 0) return;
    analysis.tracker.edited(contentChanges.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, removed: rangeLength, inserted: text.length })));
    this.#findingsChanged.fire(document.uri);
    this.#changed.fire(document.uri);
  }
}
