import * as vscode from "vscode";
import type { ModelFile } from "../../protocol/model";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import { modelName } from "../../services/models/modelLibrary";
import type { EditorLog } from "../adapters/log";
import { fileName } from "../format";
import type { FindingNavigation } from "../inlineAnalysis/findingNavigation";
import type { LastDocument } from "../lastDocument";
import type { ModelActions } from "../models/modelActions";
import type { AnalysisPanel } from "../panels/analysisPanel";
import type { TradeoffsPanels } from "../panels/tradeoffsPanels";
import type { CalibrateFlow } from "../quantize/calibrateFlow";
import type { QuantizeFlow } from "../quantize/quantizeFlow";
import type { ModelDeletion } from "../models/modelDeletion";
import { statusMenu } from "../status/statusMenu";
import type { CommandHandlers } from "./commandTitles";
import { type DocumentCommandParts, documentHandlers } from "./documentHandlers";
import { type LabParts, labHandlers } from "./labHandlers";
import { type ManagerParts, managerHandlers } from "./managerHandlers";
import { showFit } from "./showFit";

export interface CommandParts extends DocumentCommandParts, LabParts, ManagerParts {
  readonly library: ModelLibrary;
  readonly log: EditorLog;
  readonly actions: ModelActions;
  readonly deletion: ModelDeletion;
  readonly quantize: QuantizeFlow;
  readonly calibrate: CalibrateFlow;
  readonly tradeoffs: TradeoffsPanels;
  readonly analysisPanel: AnalysisPanel;
  readonly navigation: FindingNavigation;
  readonly lastDocument: LastDocument;
  threads(): number;
}

/** What each command does. Commands on a model ask which one when they are not called on an item. */
export function commandHandlers(parts: CommandParts): CommandHandlers {
  const { runtime, library, log, picker, actions, deletion, quantize, calibrate, tradeoffs, analyses, navigation } = parts;
  return {
    "decant.quantize": async (target) => {
      const model = await picker.pick(target, { placeHolder: "Which model shall be quantized?" });
      if (model) await quantize.run(model);
    },
    "decant.calibrate": async (target) => {
      const original = await pickOriginal(parts, target, "Make an importance matrix for which model?");
      const matrix = original && (await calibrate.run(original));
      if (original && matrix) await tradeoffs.useMatrix(original, matrix);
    },
    "decant.showTradeoffs": async (target) => {
      // A level is shown where it can be compared: among the levels of its original.
      const original = await pickOriginal(parts, target, "Show the tradeoffs of which model?");
      if (original) await tradeoffs.show(original);
    },
    "decant.showFit": () => showFit(runtime, parts.threads),
    ...documentHandlers(parts),
    ...managerHandlers(parts),
    ...labHandlers(parts),
    "decant.loadModel": async (target) => {
      const model = await picker.pick(target, { placeHolder: "Which model shall be loaded?" });
      if (model) await actions.load(model);
    },
    "decant.unloadModel": () => actions.unload(),
    "decant.revealModel": async (target) => {
      const model = await picker.pick(target, { placeHolder: "Reveal which model?", asFile: true });
      if (model) await actions.reveal(model);
    },
    "decant.deleteModel": async (target) => {
      const model = await picker.pick(target, { placeHolder: "Which model shall be deleted?", asFile: true });
      if (model) await deletion.remove(model);
    },
    "decant.refreshModels": () => library.refresh(),
    "decant.addModelsFolder": () => actions.addFolder(),
    "decant.goToFinding": (uri, id) => (typeof uri === "string" && typeof id === "string" ? goToFinding(parts, vscode.Uri.parse(uri), id) : navigation.pick()),
    "decant.nextFinding": () => navigation.go("next"),
    "decant.previousFinding": () => navigation.go("previous"),
    "decant.clearFindings": () => analyses.clearAll(),
    "decant.showMenu": () => showMenu(parts),
    "decant.restartRuntime": () => runtime.restart(),
    "decant.showLog": () => log.show(),
  };
}

/** The original of the model that a command means. It may lie elsewhere, so it is asked for trust and problems of its own. */
async function pickOriginal({ picker, library }: CommandParts, target: unknown, placeHolder: string): Promise<ModelFile | undefined> {
  const model = await picker.pick(target, { placeHolder });
  return model && picker.pick((await library.originalOf(model)).path, { placeHolder });
}

async function goToFinding({ analysisPanel, navigation }: CommandParts, uri: vscode.Uri, id: string): Promise<void> {
  analysisPanel.show(uri);
  await navigation.reveal(uri, id);
  analysisPanel.select(id);
}

async function showMenu({ runtime, loaded, lastDocument, analyses, downloads }: CommandParts): Promise<void> {
  const { document } = lastDocument;
  const entries = statusMenu({
    loaded: loaded.model,
    loadedName: loaded.model && modelName(loaded.model),
    documentName: document && fileName(document.uri.path),
    hasFindings: document !== undefined && analyses.findings(document.uri).length > 0,
    runtime: runtime.state,
    downloads: downloads.pending.length,
  });
  const picked = await vscode.window.showQuickPick(entries, { placeHolder: "Decant" });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
