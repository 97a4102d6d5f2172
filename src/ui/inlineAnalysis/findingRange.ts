import * as vscode from "vscode";
import type { Passage } from "./movedFinding";

export function rangeOf(document: vscode.TextDocument, { start, end }: Passage): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
