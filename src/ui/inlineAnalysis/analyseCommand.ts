import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot } from "../../protocol/panels";
import type { ModelLibrary } from "../../services/modelLibrary";
import type { Activity, WorkReport } from "../activity";
import { fileName, formatSecondsLeft } from "../format";
import type { LastDocument } from "../lastDocument";
import type { LoadedModelFile } from "../models/loadedModel";
import type { ModelPicker } from "../models/modelPicker";
import type { AnalysisPanel } from "../panels/analysisPanel";
import type { Analyses } from "./analyses";

export interface AnalyseParts {
  readonly analyses: Analyses;
  readonly panel: AnalysisPanel;
  readonly loaded: LoadedModelFile;
  readonly library: ModelLibrary;
  readonly picker: ModelPicker;
  readonly lastDocument: LastDocument;
  readonly activity: Activity;
}

/** Analyse Document: with the loaded model, else with the one that ships with Decant, else with one that the person picks. */
export class AnalyseCommand {
  constructor(private readonly parts: AnalyseParts) {}

  async run(target?: unknown): Promise<void> {
    const { analyses, panel, activity } = this.parts;
    const document = await this.#document(target);
    const model = await this.#model();
    if (!model) return;
    panel.show(document.uri);
    await activity.run(`Analysing ${fileName(document.uri.path)}`, (report, token) =>
      analyses.analyse(document, model, token, (snapshot) => reportPassage(report, snapshot)));
  }

  async #document(target: unknown): Promise<vscode.TextDocument> {
    if (target instanceof vscode.Uri) return shownDocument(target);
    const { document } = this.parts.lastDocument;
    if (!document) throw new HumanError("badArgument", "Open the document to analyse first.");
    return document;
  }

  async #model(): Promise<ModelFile | undefined> {
    const { loaded, library, picker } = this.parts;
    if (loaded.model) return loaded.model;
    const builtIn = (await library.models()).find((model) => model.builtIn && !model.problem);
    return builtIn ?? picker.pick(undefined, { placeHolder: "Which model shall read the document?" });
  }
}

/** A document that is not shown would be closed, and its findings with it. */
async function shownDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  const isShown = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
  if (!isShown) await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  return document;
}

function reportPassage(report: WorkReport, { progress }: AnalysisSnapshot): void {
  if (!progress) return;
  const left = progress.secondsLeft === undefined ? "" : `, ${formatSecondsLeft(progress.secondsLeft)} left`;
  report(`${progress.label.charAt(0).toLowerCase()}${progress.label.slice(1)}${left}`, progress.fraction);
}
