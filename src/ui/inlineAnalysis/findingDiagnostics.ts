import * as vscode from "vscode";
import type { Severity } from "../../protocol/documents";
import type { ShownFinding } from "../../protocol/panels";
import { Disposables } from "../disposables";
import type { Analyses } from "./analyses";
import { rangeOf } from "./findingRange";

/** Findings as diagnostics: squiggles, marks on the ruler, rows of the Problems view. */
export class FindingDiagnostics {
  readonly #disposables = new Disposables();
  readonly #collection = this.#disposables.add(vscode.languages.createDiagnosticCollection("decant"));

  constructor(private readonly analyses: Analyses) {
    this.#disposables.add(analyses.onDidChangeFindings((uri) => this.#update(uri)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #update(uri: vscode.Uri): void {
    const document = vscode.workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri.toString());
    const findings = this.analyses.findings(uri);
    if (!document || findings.length === 0) this.#collection.delete(uri);
    else this.#collection.set(uri, findings.map((finding) => diagnosticOf(document, finding)));
  }
}

function diagnosticOf(document: vscode.TextDocument, finding: ShownFinding): vscode.Diagnostic {
  const message = `${finding.category} (${finding.byHand ? "marked by hand" : finding.probability.toFixed(2)}): ${finding.why}`;
  const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), message, diagnosticSeverity(finding.severity));
  diagnostic.source = "Decant";
  diagnostic.code = finding.category;
  return diagnostic;
}

function diagnosticSeverity(severity: Severity): vscode.DiagnosticSeverity {
  switch (severity) {
    case "error":
      return vscode.DiagnosticSeverity.Error;
    case "warning":
      return vscode.DiagnosticSeverity.Warning;
    case "information":
      return vscode.DiagnosticSeverity.Information;
    default:
      return severity satisfies never;
  }
}
