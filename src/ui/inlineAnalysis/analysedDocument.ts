import type * as vscode from "vscode";
import type { AnalysedDocument } from "../../services/analysis/documentAnalysis";
import { fileName } from "../format";

/** A document of the editor, with its text as it is now, for the services. */
export function analysedDocument(document: vscode.TextDocument): AnalysedDocument {
  return { uri: document.uri.toString(), name: fileName(document.uri.path), text: document.getText() };
}
