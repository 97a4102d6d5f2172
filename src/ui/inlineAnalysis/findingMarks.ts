import * as vscode from "vscode";
import type { Severity } from "../../protocol/documents";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";
import type { Analyses } from "./analyses";
import { rangeOf } from "./findingRange";

/** Milliseconds between two drawings. */
const drawInterval = 250;
/** Colours that package.json contributes, so that themes can set them. */
const colours: Record<Severity, string> = { error: "decant.clauseError", warning: "decant.clauseWarning", information: "decant.clauseInformation" };

/** Where in the document clauses stand, as marks on the left of the overview ruler: the right is the diagnostics'. */
export class FindingMarks {
  readonly #disposables = new Disposables();
  readonly #types = new Map<Severity, vscode.TextEditorDecorationType>();

  constructor(private readonly analyses: Analyses) {
    for (const [severity, colour] of Object.entries(colours) as [Severity, string][]) {
      const type = vscode.window.createTextEditorDecorationType({ overviewRulerColor: new vscode.ThemeColor(colour), overviewRulerLane: vscode.OverviewRulerLane.Left });
      this.#types.set(severity, this.#disposables.add(type));
    }
    const draw = this.#disposables.add(new Throttle(drawInterval, () => this.#draw()));
    this.#disposables.add(analyses.onDidChangeFindings(() => draw.request()));
    this.#disposables.add(vscode.window.onDidChangeVisibleTextEditors(() => draw.request()));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const findings = this.analyses.findings(editor.document.uri);
      for (const [severity, type] of this.#types) {
        editor.setDecorations(type, findings.filter((finding) => finding.severity === severity).map((finding) => rangeOf(editor.document, finding)));
      }
    }
  }
}
