import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { Corrections } from "../../services/analysis/corrections";
import { fileName } from "../format";
import { analysedDocument } from "./analysedDocument";
import type { Analyses } from "./analyses";

/** "Export Corrections as Labels…": what was found in the analysed documents and left standing or marked by hand, for training and measuring. */
export async function exportLabels(analyses: Analyses, corrections: Corrections): Promise<void> {
  // The filter only hides: labels must hold what a person has left standing, seen or not.
  const documents = analyses.all.filter(({ reading }) => reading.whole).map(({ document, reading }) => ({ document: analysedDocument(document), findings: reading.snapshot.findings }));
  if (documents.length === 0) throw new HumanError("notFound", "No document was analysed yet. Run “Decant: Analyse Document” first.");
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const uri = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, "labels.jsonl") }),
    filters: { "JSON lines": ["jsonl"] },
    saveLabel: "Export",
  });
  if (!uri) return;
  const { labels, texts } = await corrections.exportLabels(documents, uri.toString());
  const write = (file: vscode.Uri, text: string): Thenable<void> => vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  try {
    for (const { file, text } of texts) await write(vscode.Uri.joinPath(uri, "..", file), text);
    await write(uri, labels);
  } catch (error) {
    throw new HumanError("notWritable", `The labels could not be written (${sentenceOf(error)}). Choose another place.`, { cause: error });
  }
  const what = documents.length === 1 ? "One document's labels are" : `The labels of ${documents.length} documents are`;
  const choice = await vscode.window.showInformationMessage(`${what} in ${fileName(uri.path)}.`, "Open");
  if (choice === "Open") await vscode.window.showTextDocument(uri, { preview: false });
}
