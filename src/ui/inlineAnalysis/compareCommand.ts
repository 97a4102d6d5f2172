import * as vscode from "vscode";
import type { ModelFile } from "../../protocol/model";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import { HumanError } from "../../protocol/humanError";
import type { Activity } from "../activity";
import { formatBytes } from "../format";
import type { ModelTrust } from "../models/modelTrust";
import { usableModels } from "../models/usableModels";
import type { AnalysisPanel } from "../panels/analysisPanel";
import type { Analysis } from "./analyses";
import type { AnalysisJobs } from "./analysisJobs";

export interface CompareParts {
  readonly jobs: AnalysisJobs;
  readonly panel: AnalysisPanel;
  readonly library: ModelLibrary;
  readonly trust: ModelTrust;
  readonly activity: Activity;
}

/** "Compare Findings…": what another model or level finds in the same document, beside what was found. */
export async function compareFindings({ jobs, panel, library, trust, activity }: CompareParts, analysis: Analysis): Promise<void> {
  const { document, reader } = analysis;
  if (!reader) throw new HumanError("notFound", "Analyse the document first, then compare.");
  const second = await pickOther(await usableModels(library), reader);
  if (!second) return;
  await trust.require(second);
  panel.show(document.uri);
  await activity.run(`Comparing with ${modelName(second)}`, (report, token) =>
    jobs.compare(analysis, reader, second, token, ({ progress }) => progress && report(progress.label, progress.fraction)));
}

/** Levels of the same model come first: what compression costs is asked most. */
async function pickOther(models: readonly ModelFile[], first: ModelFile): Promise<ModelFile | undefined> {
  const others = models.filter(({ path }) => path !== first.path);
  if (others.length === 0) throw new HumanError("notFound", `${modelName(first)} is the only model here. Make a level of it with “Decant: Quantize…”, then compare.`);
  const kin = others.filter(({ family }) => family === first.family);
  const strangers = others.filter(({ family }) => family !== first.family);
  const group = (title: string, files: readonly ModelFile[]): (vscode.QuickPickItem & { model?: ModelFile })[] =>
    files.length === 0 ? [] : [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...files.map((model) => ({ label: modelName(model), description: formatBytes(model.bytes), model }))];
  const items = [...group(`levels of ${first.family}`, kin), ...group("other models", strangers)];
  return (await vscode.window.showQuickPick(items, { placeHolder: `Compare what ${modelName(first)} found with which model?`, matchOnDescription: true }))?.model;
}
