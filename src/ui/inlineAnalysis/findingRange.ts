import * as vscode from "vscode";
import type { ShownFinding } from "../../protocol/panels";

export function rangeOf(document: vscode.TextDocument, finding: ShownFinding): vscode.Range {
  return new vscode.Range(document.positionAt(finding.start), document.positionAt(finding.end));
}
