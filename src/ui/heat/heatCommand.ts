import * as vscode from "vscode";
import { HumanError, isCancellation } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { CancellationTokenSource } from "../../protocol/rpc";
import type { HeatMaps, HeatVariant } from "../../services/analysis/heatMap";
import type { CompressionJobs } from "../../services/compressionJobs";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Activity } from "../activity";
import { fileName, formatBytes, formatSecondsLeft } from "../format";
import { analysedDocument } from "../inlineAnalysis/analysedDocument";
import type { LastDocument } from "../lastDocument";
import type { LoadedModelFile } from "../models/loadedModel";
import type { ModelTrust } from "../models/modelTrust";
import { usableModels } from "../models/usableModels";
import { HeatMap } from "./heatMap";
import type { HeatView } from "./heatView";

export interface HeatParts {
  readonly heatMaps: HeatMaps;
  readonly view: HeatView;
  readonly jobs: CompressionJobs;
  readonly library: ModelLibrary;
  readonly loaded: LoadedModelFile;
  readonly trust: ModelTrust;
  readonly lastDocument: LastDocument;
  readonly activity: Activity;
}

type VariantItem = vscode.QuickPickItem & { readonly variant?: HeatVariant; readonly name?: string };

const originals: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/** "Show Where Compression Hurts…": an original, one of its levels, and the document last worked in. */
export async function showHeat(parts: HeatParts): Promise<void> {
  const { document } = parts.lastDocument;
  if (!document) throw new HumanError("badArgument", "Open the document to colour first.");
  const base = await pickBase(parts);
  if (!base) return;
  await parts.trust.require(base);
  const picked = await pickVariant(parts, base);
  if (picked) await colour(parts, document, base, picked.variant, picked.name);
}

async function colour({ heatMaps, view, activity }: HeatParts, document: vscode.TextDocument, base: ModelFile, variant: HeatVariant, name: string): Promise<void> {
  const map = new HeatMap({ base: base.type === "unknown" ? modelName(base) : base.type, variant: name });
  view.show(document, map);
  const hidden = new CancellationTokenSource();
  const watch = view.onDidChange(() => view.shows(map) || hidden.cancel());
  try {
    await activity.run(`Comparing ${name} on ${fileName(document.uri.path)}`, async (report, token) => {
      token.onCancellationRequested(() => hidden.cancel());
      for await (const { progress, tokens, meanKl } of heatMaps.map(analysedDocument(document), base, variant, hidden.token)) {
        map.take(tokens, meanKl);
        view.changed();
        if (progress) report(`${progress.label.toLowerCase()}${progress.secondsLeft === undefined ? "" : `, ${formatSecondsLeft(progress.secondsLeft)} left`}`, progress.fraction);
      }
    });
  } catch (error) {
    // What was compared until then is worth seeing.
    if (!isCancellation(error) || map.tokens.length === 0) view.hide(map);
    throw error;
  } finally {
    watch.dispose();
  }
}

/** The original of the model that is loaded comes first. */
async function pickBase({ library, loaded }: HeatParts): Promise<ModelFile | undefined> {
  const family = loaded.model?.family;
  const bases = (await usableModels(library)).filter(({ type }) => originals.has(type)).sort((a, b) => Number(b.family === family) - Number(a.family === family));
  if (bases.length === 0) throw new HumanError("notFound", "There is no original (F32, F16 or BF16) to compare a level with. Add the folder that has it with “Decant: Add Models Folder…”.");
  if (bases.length === 1) return bases[0];
  const items = bases.map((model) => ({ label: modelName(model), description: formatBytes(model.bytes), model }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "Compare with which original?" }))?.model;
}

async function pickVariant(parts: HeatParts, base: ModelFile): Promise<{ readonly variant: HeatVariant; readonly name: string } | undefined> {
  const cancellation = new CancellationTokenSource();
  const picked = await vscode.window.showQuickPick(variants(parts, base, cancellation), { placeHolder: `Where does which level stray from ${modelName(base)}?`, matchOnDescription: true });
  cancellation.cancel();
  if (!picked?.variant || picked.name === undefined) return undefined;
  return { variant: picked.variant, name: picked.name };
}

/** Files that are there, then levels that can be made for this and are deleted afterwards. */
async function variants({ library, jobs, trust }: HeatParts, base: ModelFile, { token }: CancellationTokenSource): Promise<readonly VariantItem[]> {
  const kin = (await usableModels(library)).filter(({ family, parameters, path }) => family === base.family && parameters === base.parameters && path !== base.path);
  const usable = (await Promise.all(kin.map((model) => trust.require(model).then(() => [model], () => [])))).flat();
  const sizes = (await jobs.sizes(base, token)).filter(({ type, bytes, problem }) => !problem && bytes < base.bytes && !usable.some((model) => model.type === type));
  return [
    ...(usable.length > 0 ? [{ label: "files", kind: vscode.QuickPickItemKind.Separator }] : []),
    ...usable.map((model): VariantItem => ({ label: model.type, description: `${formatBytes(model.bytes)} · ${fileName(model.path)}`, variant: { path: model.path }, name: model.type })),
    { label: "made for this, deleted afterwards", kind: vscode.QuickPickItemKind.Separator },
    ...sizes.sort((a, b) => b.bytes - a.bytes).map(({ type, bytes }): VariantItem => ({ label: type, description: formatBytes(bytes), variant: { level: type }, name: type })),
  ];
}
