import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ReportFormat } from "../../services/tradeoffs/report";

const formats: readonly (vscode.QuickPickItem & { readonly format: ReportFormat })[] = [
  { label: "$(markdown) Markdown", detail: "For people: the table, and what the figures rest on", format: "md" },
  { label: "$(table) CSV", detail: "For a spreadsheet", format: "csv" },
  { label: "$(json) JSON", detail: "For programs: every figure with versions, hashes and settings", format: "json" },
];

export interface Exported {
  /** e.g. "Export the tradeoffs as". */
  readonly placeHolder: string;
  /** Offered where no workspace is open. */
  readonly folder: string;
  /** Without its end. */
  readonly name: string;
  text(format: ReportFormat): string;
}

/** Asks for a format and a place, writes the report and opens it. */
export async function exportReport({ placeHolder, folder, name, text }: Exported): Promise<void> {
  const picked = await vscode.window.showQuickPick(formats, { placeHolder });
  if (!picked) return;
  const root = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(folder);
  const uri = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(root, `${name}.${picked.format}`), saveLabel: "Export" });
  if (!uri) return;
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text(picked.format)));
  } catch (error) {
    throw new HumanError("notWritable", `The report could not be written (${sentenceOf(error)}). Choose another place.`, { cause: error });
  }
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
}
