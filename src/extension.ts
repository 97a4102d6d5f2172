import { join } from "node:path";
import * as vscode from "vscode";
import { RuntimeClient } from "./client/runtimeClient";
import { llamaRelease } from "./core/llamaRelease";
import { CancellationTokenSource } from "./protocol/rpc";
import { CompressionJobs } from "./services/compressionJobs";
import { DocumentAnalysis } from "./services/analysis/documentAnalysis";
import { ImportanceMatrices } from "./services/importanceMatrices";
import { JsonStore } from "./services/jsonStore";
import { ModelLibrary } from "./services/modelLibrary";
import { ResourceMeter } from "./services/resourceMeter";
import { readLabelledDocuments } from "./services/tradeoffs/labelledDocuments";
import { Activity } from "./ui/activity";
import { Failures } from "./ui/adapters/failures";
import { createLog, type EditorLog } from "./ui/adapters/log";
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
import { ModelTrust } from "./ui/models/modelTrust";
import { AnalysisPanel } from "./ui/panels/analysisPanel";
import { StudyTexts } from "./ui/texts/studyTexts";
import { TradeoffsPanels } from "./ui/panels/tradeoffsPanels";
import { CalibrateFlow } from "./ui/quantize/calibrateFlow";
import { QuantizeFlow } from "./ui/quantize/quantizeFlow";
import { StatusItem } from "./ui/status/statusItem";

/** What must outlive the views, because it ends only after a while. */
interface Session {
  readonly runtime: RuntimeClient;
  readonly log: EditorLog;
  readonly tradeoffs: TradeoffsPanels;
}

/** Composition root of the editor: what exists, and who knows whom. */
function compose(context: vscode.ExtensionContext): Session {
  const disposables = new Disposables();
  context.subscriptions.push(disposables);
  const { extensionUri } = context;
  const builtInFolder = join(context.extensionPath, "media", "models");
  // Decant's own folder may be read-only, and an update empties it: levels of the built-in model are kept apart.
  const builtInOutputs = join(context.globalStorageUri.fsPath, "models");
  // The model cache lives in the folder above; VS Code makes neither.
  void vscode.workspace.fs.createDirectory(vscode.Uri.file(builtInOutputs));

  const log = createLog();
  const settings = new Settings();
  const runtime = new RuntimeClient({ path: join(context.extensionPath, "dist", "runtime.js"), log });
  const failures = new Failures(log, runtime);
  const showError = (error: unknown): void => failures.show(error);

  const library = disposables.add(new ModelLibrary({
    folders: () => [builtInOutputs, ...settings.modelFolders()],
    builtInFolder,
    cacheFile: join(context.globalStorageUri.fsPath, "models.json"),
    log,
  }));
  const jobs = new CompressionJobs(runtime, { threads: settings.threads, builtInOutputs });
  const analysis = new DocumentAnalysis(runtime, settings);
  const meter = disposables.add(new ResourceMeter(runtime));

  const activity = disposables.add(new Activity());
  const loaded = disposables.add(new LoadedModelFile(runtime, library));
  const lastDocument = disposables.add(new LastDocument());
  const picker = new ModelPicker(library, new ModelTrust({ isTrusted: () => vscode.workspace.isTrusted, folders: settings.workspaceFolders }));
  const tree = disposables.add(new ModelsTree(library, loaded));
  const files = disposables.add(new ModelFileWatcher(library, settings, [builtInFolder, builtInOutputs]));
  disposables.add(tree.onDidChangeVisibility(({ visible }) => visible && files.start()));
  const actions = new ModelActions({ runtime, library, analysis, activity, settings, log });
  const texts = new StudyTexts(lastDocument, vscode.Uri.joinPath(extensionUri, "media", "samples"));
  const matrices = new ImportanceMatrices(runtime, jobs, log, settings.threads);
  const calibrate = new CalibrateFlow(matrices, texts, activity);
  const quantize = new QuantizeFlow({ matrix: (model) => matrices.existing(model, new CancellationTokenSource().token), runtime, jobs, library, activity, reveal: (path) => tree.reveal(path) });
  const tradeoffs = disposables.add(new TradeoffsPanels({
    extensionUri,
    study: {
      runtime, jobs, log, threads: settings.threads, contextSize: settings.contextSize, measuring: settings.measuring,
      store: new JsonStore(join(context.globalStorageUri.fsPath, "tradeoffs"), log), scratch: join(context.globalStorageUri.fsPath, "scratch"),
      labelled: () => readLabelledDocuments(join(context.extensionPath, "media", "samples", "labels.jsonl")),
    },
    texts, matrices,
    calibrate: (model) => calibrate.run(model),
    activity,
    versions: {
      decant: (context.extension.packageJSON as { version: string }).version, llamaCpp: llamaRelease,
      node: process.version, platform: `${process.platform}-${process.arch}`,
    },
    quantize: (model, version) => quantize.run(model, version),
    showError,
  }, (path) => picker.usable(path)));

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
    runtime, library, log, picker, actions, quantize, calibrate, tradeoffs, analyse, analyses, analysisPanel, navigation, loaded, lastDocument, threads: settings.threads,
  }), failures));
  return { runtime, log, tradeoffs };
}

/**
 * VS Code calls two functions of the module and hands nothing from the first to the second, and of all ends it
 * awaits only `deactivate`: so the two are methods of one object, which remembers what it must wait for.
 */
class Extension {
  #session: Session | undefined;

  readonly activate = (context: vscode.ExtensionContext): void => {
    this.#session = compose(context);
  };

  /** Resolves when no native process is left, nor a half-written file; the log hears of it until then. */
  readonly deactivate = async (): Promise<void> => {
    const tradeoffs = this.#session?.tradeoffs.end();
    await this.#session?.runtime.dispose();
    await tradeoffs;
    this.#session?.log.dispose();
  };
}

export const { activate, deactivate } = new Extension();
