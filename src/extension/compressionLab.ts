import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { cueSchemeFromMetadata } from "../core/documents/cues";
import { HumanError } from "../protocol/humanError";
import type { ModelFile } from "../protocol/model";
import type { CompressionJobs } from "../services/compressionJobs";
import { readGgufFile } from "../services/ggufFile";
import type { ImportanceMatrices } from "../services/importanceMatrices";
import { JsonStore } from "../services/jsonStore";
import { Adapters } from "../services/lab/adapters";
import type { CompressionLabParts } from "../services/lab/compressionLabParts";
import type { LabParts } from "../services/lab/labParts";
import { Pruning } from "../services/lab/pruning";
import type { RecipeProvenance } from "../services/lab/recipeReport";
import { RecipeRunner } from "../services/lab/recipeRunner";
import type { LabelledDocument } from "../services/tradeoffs/clauseScores";
import { fingerprint } from "../services/tradeoffs/fingerprint";
import { readLabelledDocuments } from "../services/tradeoffs/labelledDocuments";
import { AdapterJobs } from "../ui/lab/adapterJobs";
import { Lab } from "../ui/lab/lab";
import { LabBoxes } from "../ui/lab/labBoxes";
import { LabCommands } from "../ui/lab/labCommands";
import { LabRuns } from "../ui/lab/labRuns";
import { isUsable, usableModels } from "../ui/models/usableModels";
import { LabPanel } from "../ui/panels/labPanel";
import type { StudyTexts } from "../ui/texts/studyTexts";
import type { ManagerGround, ModelManager } from "./modelManager";

export interface LabGround extends ManagerGround {
  readonly manager: ModelManager;
  readonly jobs: CompressionJobs;
  readonly matrices: ImportanceMatrices;
  readonly texts: StudyTexts;
  readonly versions: Pick<RecipeProvenance, "decant" | "llamaCpp" | "node" | "platform">;
}

/** What prunes, trains and merges models, and runs recipes of it. Its services are made when they are first used. */
export function composeCompressionLab({ context, disposables, log, settings, runtime, activity, builtInOutputs, showError, manager, jobs, matrices, texts, versions }: LabGround) {
  const { library, picker, trust, tree, machine } = manager;
  const { threads, measuring } = settings;
  const parts = (): LabParts => ({ runtime, jobs, matrices, store: new JsonStore(join(context.globalStorageUri.fsPath, "lab"), log), log, threads, builtInOutputs });

  /** An update replaces the folder of the built-in model, and other programs' stores are theirs. */
  const folder = ({ builtIn, source, path }: ModelFile): string => (builtIn ? builtInOutputs : source ? settings.downloadFolder() : dirname(path));
  const labelled = async ({ path }: ModelFile): Promise<readonly LabelledDocument[]> =>
    cueSchemeFromMetadata((await readGgufFile(path)).header.metadata) ? readLabelledDocuments(join(context.extensionPath, "media", "samples", "labels.jsonl")) : [];
  const model = async (path: string): Promise<ModelFile> => {
    const found = await picker.pick(path, { placeHolder: "Use which model?" });
    if (!found || !isUsable(found)) throw new HumanError("unsupported", "That file is no model that can be compressed. Choose another one.");
    return found;
  };
  const labParts = (): CompressionLabParts => {
    const shared = parts();
    return {
      runner: new RecipeRunner(shared), pruning: new Pruning(shared),
      models: () => usableModels(library), model, folder, labelled, measuring,
      text: (path) => texts.at(path),
      bundledText: () => texts.bundled(),
      content: (path) => fingerprint(path).catch(() => undefined),
      requireTrust: (path) => trust.requirePath(path),
      machine: () => machine.current,
    };
  };

  const lab = disposables.add(new Lab({ parts: labParts, texts, memory: context.workspaceState, onDidChangeModels: library.onDidChange, didMake: () => library.refresh(), log }));
  const boxes = new LabBoxes({ texts, versions, threads, requireTrust: (path) => trust.requirePath(path) });
  const runs: LabRuns = new LabRuns({ activity, isShown: () => panel.isShown, show: () => panel.show(), showError });
  const panel: LabPanel = disposables.add(new LabPanel({
    extensionUri: context.extensionUri, lab, boxes, runs, showError,
    revealModel: async (path) => {
      await vscode.commands.executeCommand("decant.models.focus");
      await tree.reveal(path);
    },
    showTradeoffs: async (path) => void (await vscode.commands.executeCommand("decant.showTradeoffs", path)),
  }));
  let adapters: Adapters | undefined;
  return {
    lab,
    labCommands: new LabCommands({ lab, panel, boxes, runs, picker, library }),
    adapterJobs: new AdapterJobs({ adapters: () => (adapters ??= new Adapters(parts())), picker, library, trust, texts, activity, measuring, reveal: (path) => tree.reveal(path) }),
  };
}
