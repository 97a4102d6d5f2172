import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { type Provenance, report, type ReportFormat } from "../../services/tradeoffs/report";
import type { TradeoffStudy } from "../../services/tradeoffs/study";

const formats: readonly (vscode.QuickPickItem & { readonly format: ReportFormat })[] = [
  { label: "$(markdown) Markdown", detail: "For people: advice, table, and what the figures rest on", format: "md" },
  { label: "$(table) CSV", detail: "For a spreadsheet", format: "csv" },
  { label: "$(json) JSON", detail: "For programs: every figure with versions, hashes and settings", format: "json" },
];

/** Asks for a format and a place, writes the report and opens it. */
export async function exportReport(study: TradeoffStudy, versions: Pick<Provenance, "decant" | "llamaCpp" | "node" | "platform">): Promise<void> {
  const picked = await vscode.window.showQuickPick(formats, { placeHolder: "Export the tradeoffs as" });
  if (!picked) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.joinPath(vscode.Uri.file(study.model.path), "..");
  const uri = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(folder, `${study.model.family}-tradeoffs.${picked.format}`), saveLabel: "Export" });
  if (!uri) return;
  const text = report(picked.format, study.snapshot, { ...versions, ...study.provenance });
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  } catch (error) {
    throw new HumanError("notWritable", `The report could not be written (${sentenceOf(error)}). Choose another place.`, { cause: error });
  }
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
}
