import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ShownFinding } from "../../protocol/panels";
import type { LastDocument } from "../lastDocument";
import type { Analyses } from "./analyses";
import { rangeOf } from "./findingRange";
import { neighbour } from "./findingWays";
import type { Passage } from "./movedFinding";

/** Takes the cursor to findings. */
export class FindingNavigation {
  constructor(private readonly analyses: Analyses, private readonly lastDocument: LastDocument) {}

  /** Selects the passage in the editor that shows its document, or opens one. */
  async reveal(uri: vscode.Uri, id: string): Promise<void> {
    const { document, finding } = this.analyses.find(uri, id);
    await this.#select(document, finding);
  }

  /** Selects a place of an analysed document; a place outside of it is cut to it. */
  async revealPlace(uri: vscode.Uri, place: Passage): Promise<void> {
    const analysis = this.analyses.get(uri);
    if (analysis) await this.#select(analysis.document, place);
  }

  async #select(document: vscode.TextDocument, place: Passage): Promise<void> {
    const range = rangeOf(document, place);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const editor = await vscode.window.showTextDocument(document, { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One, preview: false });
    // The cursor at the first letter: what comes next is asked from there, and a long passage is read from its top.
    editor.selection = new vscode.Selection(range.end, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async go(direction: "next" | "previous"): Promise<void> {
    const document = this.#document();
    const editor = vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
    const offset = editor ? document.offsetAt(editor.selection.start) : -1;
    const finding = neighbour(this.analyses.findings(document.uri), offset, direction);
    if (finding) await this.reveal(document.uri, finding.id);
  }

  async pick(): Promise<void> {
    const { uri } = this.#document();
    const findings = this.analyses.snapshot(uri)?.findings ?? [];
    const items = findings.map((finding) => ({ label: finding.category, description: describe(finding), detail: finding.quote, id: finding.id }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: "Go to a finding", matchOnDetail: true });
    if (picked) await this.reveal(uri, picked.id);
  }

  #document(): vscode.TextDocument {
    const { document } = this.lastDocument;
    if (!document || this.analyses.findings(document.uri).length === 0) {
      throw new HumanError("notFound", "This document has no findings. Run “Decant: Analyse Document” first.");
    }
    return document;
  }
}

function describe({ line, probability }: ShownFinding): string {
  return `line ${line} · ${probability.toFixed(2)}`;
}
