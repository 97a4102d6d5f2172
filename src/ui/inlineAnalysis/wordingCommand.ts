import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ShownFinding } from "../../protocol/panels";
import type { Activity } from "../activity";
import { textScheme } from "../texts/textDocuments";
import type { Analyses } from "./analyses";
import type { AnalysisJobs } from "./analysisJobs";
import type { FindingCommands } from "./findingCommands";
import { rangeOf } from "./findingRange";

export interface WordingParts {
  readonly analyses: Analyses;
  readonly jobs: AnalysisJobs;
  readonly commands: FindingCommands;
  readonly activity: Activity;
}

/** "Suggest Wording": the model writes a clause anew; VS Code shows the change for review, and nothing is changed before the person applies it. */
export async function suggestWording({ analyses, jobs, commands, activity }: WordingParts, target: unknown, id: unknown): Promise<void> {
  const { analysis, finding } = await commands.finding(target, id);
  const { document } = analysis;
  const wording = await activity.run(`Wording “${finding.category}”`, (_report, token) => jobs.suggestWording(analysis, finding.id, undefined, token));
  const { finding: now } = analyses.find(document.uri, finding.id);
  if (document.uri.scheme === textScheme) return offerCopy(finding, wording);
  const edit = new vscode.WorkspaceEdit();
  const metadata = { label: `${finding.category}: wording suggested by ${analysis.writer?.family ?? "the model"}`, needsConfirmation: true };
  edit.replace(document.uri, rangeOf(document, now), wording, metadata);
  if (!(await vscode.workspace.applyEdit(edit, { isRefactoring: true }))) {
    throw new HumanError("cancelled", "The suggested wording was not taken.");
  }
}

/** The text of a .docx or .pdf cannot be edited here. */
async function offerCopy({ category }: ShownFinding, wording: string): Promise<void> {
  const choice = await vscode.window.showInformationMessage(`Suggested wording of “${category}”`, { modal: true, detail: wording }, "Copy");
  if (choice === "Copy") await vscode.env.clipboard.writeText(wording);
}
