import * as vscode from "vscode";
import { clauseCategories } from "../../core/documents/taxonomy";
import { HumanError } from "../../protocol/humanError";
import type { OwnCategory, Severity } from "../../protocol/documents";
import type { ShownFinding } from "../../protocol/panels";
import type { Corrections } from "../../services/analysis/corrections";
import type { Settings } from "../adapters/settings";
import type { LastDocument } from "../lastDocument";
import { analysedDocument } from "./analysedDocument";
import type { Analyses, Analysis } from "./analyses";
import type { AnalysisJobs } from "./analysisJobs";
import { findingAt } from "./findingWays";

export interface FindingCommandParts {
  readonly analyses: Analyses;
  readonly jobs: AnalysisJobs;
  readonly corrections: Corrections;
  readonly settings: Settings;
  readonly lastDocument: LastDocument;
  ownCategories(uri: string): Promise<readonly OwnCategory[]>;
}

const severities: readonly (vscode.QuickPickItem & { readonly severity: Severity })[] = [
  { label: "$(info) Everything", detail: "Facts to know, clauses to negotiate, and dangers", severity: "information" },
  { label: "$(warning) Warnings and errors", detail: "What deserves negotiation, and what can cost far more than the contract is worth", severity: "warning" },
  { label: "$(error) Errors only", detail: "What can cost far more than the contract is worth", severity: "error" },
];

/** What a person says about findings: that one is wrong, that one was missed, or that a kind is of no interest. */
export class FindingCommands {
  constructor(private readonly parts: FindingCommandParts) {}

  /** "Not a Clause": of the finding that is named, else of the one at the cursor. */
  async reject(target: unknown, id: unknown): Promise<void> {
    const { analysis, finding } = await this.finding(target, id);
    await this.parts.corrections.reject(analysedDocument(analysis.document), finding);
    await this.parts.jobs.applyCorrections(analysis);
  }

  /** "Mark as Clause…": the selected words belong to a category that the person picks. */
  async accept(): Promise<void> {
    const analysis = this.analysis();
    const { document } = analysis;
    const editor = vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
    if (!editor || editor.selection.isEmpty) throw new HumanError("badArgument", "Select the words of the clause first.");
    const { version } = document;
    const place = trimmed(document, editor.selection);
    const category = await this.#pickCategory(document.uri);
    if (category === undefined) return;
    if (document.version !== version) throw new HumanError("notFound", "The text has changed meanwhile. Select the words of the clause again.");
    await this.parts.corrections.accept(analysedDocument(document), place.start, place.end, category);
    await this.parts.jobs.applyCorrections(analysis);
  }

  /** Takes one finding out of sight, without calling it wrong. */
  async ignore(target: unknown, id: unknown): Promise<void> {
    const { analysis, finding } = await this.finding(target, id);
    this.parts.analyses.ignore(analysis.document.uri, finding.id);
  }

  async ignoreCategory(category: unknown): Promise<void> {
    const { settings } = this.parts;
    const name = typeof category === "string" ? category : (await this.finding(undefined, undefined)).finding.category;
    const { hiddenCategories } = settings.findingFilter();
    if (!hiddenCategories.includes(name)) await settings.setHiddenCategories([...hiddenCategories, name]);
    const choice = await vscode.window.showInformationMessage(`“${name}” is ignored in every document.`, "Undo");
    if (choice === "Undo") await settings.setHiddenCategories(settings.findingFilter().hiddenCategories.filter((other) => other !== name));
  }

  /** "Filter Findings by Severity…", with what is ignored to be shown again. */
  async filter(): Promise<void> {
    const { settings } = this.parts;
    const { minimumSeverity, hiddenCategories } = settings.findingFilter();
    const shown = severities.map((item) => ({ ...item, description: item.severity === minimumSeverity ? "now" : "" }));
    const hidden = hiddenCategories.map((name) => ({ label: `$(eye) Show “${name}” again`, category: name }));
    const separator = { label: "ignored categories", kind: vscode.QuickPickItemKind.Separator };
    const items: (vscode.QuickPickItem & { severity?: Severity; category?: string })[] = hidden.length > 0 ? [...shown, separator, ...hidden] : shown;
    const picked = await vscode.window.showQuickPick(items, { placeHolder: "Show which findings, in every document?" });
    if (picked?.severity) await settings.setMinimumSeverity(picked.severity);
    if (picked?.category) await settings.setHiddenCategories(hiddenCategories.filter((name) => name !== picked.category));
  }

  /** The finding that a link or menu names, else the one at the cursor of the document last worked in. */
  async finding(target: unknown, id: unknown): Promise<{ readonly analysis: Analysis; readonly finding: ShownFinding }> {
    const { analyses } = this.parts;
    if (typeof target === "string" && typeof id === "string") {
      const uri = vscode.Uri.parse(target);
      const { finding } = analyses.find(uri, id);
      return { analysis: this.analysis(uri), finding };
    }
    const analysis = this.analysis();
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document === analysis.document);
    const finding = editor && findingAt(analyses.findings(analysis.document.uri), analysis.document.offsetAt(editor.selection.active));
    if (!finding) throw new HumanError("notFound", "There is no clause at the cursor.");
    return { analysis, finding };
  }

  /** The analysis of a document, else of the one last worked in. */
  analysis(uri: vscode.Uri | undefined = this.parts.lastDocument.document?.uri): Analysis {
    const analysis = uri && this.parts.analyses.get(uri);
    if (!analysis) throw new HumanError("notFound", "This document was not analysed yet. Run “Decant: Analyse Document” first.");
    return analysis;
  }

  async #pickCategory(uri: vscode.Uri): Promise<string | undefined> {
    const own = await this.parts.ownCategories(uri.toString());
    const items = [...own, ...clauseCategories].map(({ name, description }) => ({ label: name, detail: description }));
    return (await vscode.window.showQuickPick(items, { placeHolder: "These words are which kind of clause?", matchOnDetail: true }))?.label;
  }
}

/** The selection without the blanks at its ends. */
function trimmed(document: vscode.TextDocument, selection: vscode.Selection): { readonly start: number; readonly end: number } {
  const text = document.getText(selection);
  const start = document.offsetAt(selection.start) + text.length - text.trimStart().length;
  if (text.trim() === "") throw new HumanError("badArgument", "Select the words of the clause first.");
  return { start, end: start + text.trim().length };
}
