import { join } from "node:path";
import * as vscode from "vscode";
import { RuntimeClient } from "./client/runtimeClient";
import { CompressionJobs } from "./services/compressionJobs";
import { DocumentAnalysis } from "./services/documentAnalysis";
import { ModelLibrary } from "./services/modelLibrary";
import { ResourceMeter } from "./services/resourceMeter";
import { Activity } from "./ui/activity";
import { Failures } from "./ui/adapters/failures";
import { createLog } from "./ui/adapters/log";
import { Settings } from "./ui/adapters/settings";
import { commandHandlers } from "./ui/commands/commandHandlers";
import { registerCommands } from "./ui/commands/registerCommands";
import { ContextKeys } from "./ui/contextKeys";
import { Disposables } from "./ui/disposables";
import { AnalyseCommand } from "./ui/inlineAnalysis/analyseCommand";
import { Analyses } from "./ui/inlineAnalysis/analyses";
import { FindingDiagnostics } from "./ui/inlineAnalysis/findingDiagnostics";
import { FindingHovers } from "./ui/inlineAnalysis/findingHovers";
import { FindingLenses } from "./ui/inlineAnalysis/findingLenses";
import { FindingNavigation } from "./ui/inlineAnalysis/findingNavigation";
import { LastDocument } from "./ui/lastDocument";
import { LoadedModelFile } from "./ui/models/loadedModel";
import { ModelActions } from "./ui/models/modelActions";
import { ModelFileWatcher } from "./ui/models/modelFiles";
import { ModelPicker } from "./ui/models/modelPicker";
import { ModelsTree } from "./ui/models/modelsTree";
import { AnalysisPanel } from "./ui/panels/analysisPanel";
import { StudyTexts } from "./ui/panels/studyTexts";
import { TradeoffsPanels } from "./ui/panels/tradeoffsPanels";
import { QuantizeFlow } from "./ui/quantize/quantizeFlow";
import { StatusItem } from "./ui/status/statusItem";

/** Composition root of the editor: what exists, and who knows whom. */
export function activate(context: vscode.ExtensionContext): void {
  const disposables = new Disposables();
  context.subscriptions.push(disposables);
  const { extensionUri } = context;
  // The model cache lives there; VS Code does not make the folder.
  void vscode.workspace.fs.createDirectory(context.globalStorageUri);
  const builtInFolder = join(context.extensionPath, "media", "models");

  const log = disposables.add(createLog());
  const settings = new Settings();
  const runtime = disposables.add(new RuntimeClient({ path: join(context.extensionPath, "dist", "runtime.js"), log }));
  const failures = new Failures(log, runtime);
  const showError = (error: unknown): void => failures.show(error);

  const library = disposables.add(new ModelLibrary({
    folders: settings.modelFolders,
    builtInFolder,
    cacheFile: join(context.globalStorageUri.fsPath, "models.json"),
    log,
  }));
  const jobs = new CompressionJobs(runtime, settings);
  const analysis = new DocumentAnalysis(runtime, settings);
  const meter = disposables.add(new ResourceMeter(runtime));

  const activity = disposables.add(new Activity());
  const loaded = disposables.add(new LoadedModelFile(runtime, library));
  const lastDocument = disposables.add(new LastDocument());
  const picker = new ModelPicker(library);
  const tree = disposables.add(new ModelsTree(library, loaded));
  const files = disposables.add(new ModelFileWatcher(library, settings, builtInFolder));
  disposables.add(tree.onDidChangeVisibility(({ visible }) => visible && files.start()));
  const actions = new ModelActions({ runtime, library, analysis, activity, settings, log });
  const quantize = new QuantizeFlow({ runtime, jobs, library, activity, reveal: (path) => tree.reveal(path) });
  const tradeoffs = disposables.add(new TradeoffsPanels({
    extensionUri,
    study: { runtime, jobs, log, threads: settings.threads, contextSize: settings.contextSize, measuring: settings.measuring },
    texts: new StudyTexts(lastDocument, vscode.Uri.joinPath(extensionUri, "media", "samples")),
    activity,
    quantize: (model, type) => quantize.run(model, type),
    showError,
  }));

  const analyses = disposables.add(new Analyses(analysis));
  const navigation = new FindingNavigation(analyses, lastDocument);
  const analysisPanel = disposables.add(new AnalysisPanel({
    extensionUri,
    analyses,
    reveal: (uri, id) => navigation.reveal(uri, id),
    analyse: (uri) => analyse.run(uri),
    showError,
  }));
  const analyse: AnalyseCommand = new AnalyseCommand({ analyses, panel: analysisPanel, loaded, library, picker, lastDocument, activity });
  disposables.add(new FindingDiagnostics(analyses));
  disposables.add(new FindingLenses(analyses));
  disposables.add(new FindingHovers(analyses));

  disposables.add(new StatusItem({ runtime, loaded, activity, meter }));
  disposables.add(new ContextKeys(loaded, analyses));
  disposables.add(registerCommands(commandHandlers({
    runtime, library, log, picker, actions, quantize, tradeoffs, analyse, analyses, analysisPanel, navigation, loaded, lastDocument,
  }), failures));
}
