import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot, WrittenPart } from "../../protocol/panels";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import { modelName, type ModelLibrary } from "../../services/models/modelLibrary";
import type { Activity, WorkReport } from "../activity";
import { fileName, formatSecondsLeft } from "../format";
import type { LastDocument } from "../lastDocument";
import type { ModelActions } from "../models/modelActions";
import type { ModelPicker } from "../models/modelPicker";
import type { AnalysisPanel } from "../panels/analysisPanel";
import { TextDocuments } from "../texts/textDocuments";
import type { Analyses, Analysis } from "./analyses";
import type { AnalysisJobs } from "./analysisJobs";
import type { FindingCommands } from "./findingCommands";

export interface AnalyseParts {
  readonly analyses: Analyses;
  readonly jobs: AnalysisJobs;
  readonly findings: FindingCommands;
  readonly panel: AnalysisPanel;
  readonly actions: Pick<ModelActions, "chosen">;
  readonly library: ModelLibrary;
  readonly picker: ModelPicker;
  readonly lastDocument: LastDocument;
  readonly texts: TextDocuments;
  readonly activity: Activity;
}

/** Starts the work of models on documents: by command, from the panel, from a menu. */
export class AnalyseCommand {
  constructor(private readonly parts: AnalyseParts) {}

  /**
   * Analyse Document: with the model that read it last, unless the person has loaded one since; else with the one that the
   * person loaded, else with the one that ships with Decant, else with one that the person picks.
   */
  async run(target?: unknown): Promise<void> {
    const document = await this.#document(target);
    const model = await this.#reader(document);
    if (model) await this.#analyse(document, model);
  }

  /** Reads a document again after a reload of the window, with the model of then where it can still be used. */
  async again(uri: vscode.Uri, modelPath: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    const model = (await this.parts.picker.usable(modelPath)) ?? (await this.#reader(document));
    if (model) await this.parts.jobs.analyse(document, model, never());
  }

  /** Open as Text and Analyse: of a .docx or .pdf file the text, of any other the file itself. */
  async openAsText(target?: unknown): Promise<void> {
    const file = target instanceof vscode.Uri ? target : await askFile();
    if (file) await this.run(file);
  }

  /** Lets the model write facts, obligations and risks, or the summary; analyses the document first where that was not done. */
  async write(part: WrittenPart, target?: unknown): Promise<void> {
    const analysis = await this.#analysed(target);
    if (!analysis) return;
    const { panel, jobs, activity } = this.parts;
    await jobs.requireAble(analysis, part);
    panel.showTab(analysis.document.uri, part);
    const work = activity.begin(`Writing ${fileName(analysis.document.uri.path)}`);
    try {
      await jobs.write(analysis, part, never(), ({ progress }) => progress && work.report(progress.label));
    } finally {
      work.dispose();
    }
  }

  /** Ask About Document…: the answer is written in the panel. */
  async ask(asked?: string, target?: unknown): Promise<void> {
    const analysis = await this.#analysed(target);
    if (!analysis) return;
    const { jobs } = this.parts;
    await jobs.requireAble(analysis, "questions");
    const name = fileName(analysis.document.uri.path);
    const question = asked ?? (await vscode.window.showInputBox({ title: `Ask about ${name}`, placeHolder: "e.g. Who may end this contract, and when?", prompt: "Answers quote the text." }));
    if (!question?.trim()) return;
    await this.#answer(analysis, () => jobs.ask(analysis, question.trim(), never()));
  }

  /** Explain Clause: of the finding that is named, else of the one at the cursor. */
  async explain(target: unknown, id: unknown): Promise<void> {
    const { analysis, finding } = await this.parts.findings.finding(target, id);
    await this.#answer(analysis, () => this.parts.jobs.explain(analysis, finding.id, never()));
  }

  /** Lets another model read the document, or only answer and write. */
  async chooseModel(target?: unknown): Promise<void> {
    const document = await this.#document(target);
    const { analyses, jobs, picker } = this.parts;
    const analysis = analyses.get(document.uri);
    const model = await picker.pick(undefined, { placeHolder: `Which model shall work on ${fileName(document.uri.path)}?` });
    if (!model) return;
    const { reader } = analysis ?? {};
    if (!analysis || !reader) return this.#analyse(document, model);
    if (reader.path === model.path) return jobs.useWriter(analysis, model);
    const writes = { label: "$(comment-discussion) Let it answer and write", detail: `${modelName(reader)} goes on finding the clauses` };
    const reads = { label: "$(law) Let it find the clauses too", detail: "Reads the whole document with this model" };
    const picked = await vscode.window.showQuickPick([writes, reads], { placeHolder: `What shall ${modelName(model)} do?`, ignoreFocusOut: true });
    if (picked === writes) await jobs.useWriter(analysis, model);
    if (picked === reads) await this.#analyse(document, model);
  }

  /** Answers are written in the panel. */
  async #answer(analysis: Analysis, work: () => Promise<void>): Promise<void> {
    const { uri } = analysis.document;
    await this.parts.jobs.requireAble(analysis, "questions");
    this.parts.panel.showTab(uri, "questions");
    const shown = this.parts.activity.begin(`Answering about ${fileName(uri.path)}`);
    try {
      await work();
    } finally {
      shown.dispose();
    }
  }

  async #analyse(document: vscode.TextDocument, model: ModelFile): Promise<void> {
    const { analyses, actions, jobs, panel, activity } = this.parts;
    panel.show(document.uri);
    analyses.open(document).chosen = actions.chosen;
    await activity.run(`Analysing ${fileName(document.uri.path)}`, (report, token) =>
      jobs.analyse(document, model, token, (snapshot) => reportPassage(report, snapshot)));
  }

  async #analysed(target: unknown): Promise<Analysis | undefined> {
    const document = await this.#document(target);
    if (!this.parts.analyses.get(document.uri)?.writer) await this.run(document.uri);
    return this.parts.analyses.get(document.uri);
  }

  async #document(target: unknown): Promise<vscode.TextDocument> {
    if (target instanceof vscode.Uri) return shownDocument(TextDocuments.isReadable(target) ? await this.parts.texts.open(target) : await vscode.workspace.openTextDocument(target));
    const { document, unheard } = this.parts.lastDocument;
    if (unheard) return openUnheard(unheard);
    if (!document) throw new HumanError("badArgument", "Open the document to analyse first.");
    return document;
  }

  async #reader({ uri }: vscode.TextDocument): Promise<ModelFile | undefined> {
    const { analyses, actions, library, picker } = this.parts;
    const { reader, chosen } = analyses.get(uri) ?? {};
    if (reader && chosen === actions.chosen) return reader;
    if (actions.chosen) return actions.chosen.model;
    const builtIn = (await library.models()).find((model) => model.builtIn && !model.problem);
    return builtIn ?? picker.pick(undefined, { placeHolder: "Which model shall read the document?" });
  }
}

/** A document that is not shown would be closed, and its findings with it. */
async function shownDocument(document: vscode.TextDocument): Promise<vscode.TextDocument> {
  const isShown = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
  if (!isShown) await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  return document;
}

/** VS Code hands a large document over late, and one of more than 50 MB never. */
async function openUnheard(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch (error) {
    throw new HumanError("unsupported", `${fileName(uri.path)} is kept from extensions by VS Code, because of its size. Split it, or read it on the command line (spot).`, { cause: error });
  }
}

/** The file in the tab on top, which no text editor shows, else one that the person picks. */
async function askFile(): Promise<vscode.Uri | undefined> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const open = typeof input === "object" && input !== null && "uri" in input ? input.uri : undefined;
  if (open instanceof vscode.Uri && TextDocuments.isReadable(open)) return open;
  const picked = await vscode.window.showOpenDialog({ filters: { Documents: ["docx", "pdf", "md", "txt"] }, openLabel: "Open as Text" });
  return picked?.[0];
}

function never(): CancellationToken {
  return new CancellationTokenSource().token;
}

function reportPassage(report: WorkReport, { progress }: Partial<AnalysisSnapshot>): void {
  if (!progress) return;
  const left = progress.secondsLeft === undefined ? "" : `, ${formatSecondsLeft(progress.secondsLeft)} left`;
  report(`${progress.label.charAt(0).toLowerCase()}${progress.label.slice(1)}${left}`, progress.fraction);
}
