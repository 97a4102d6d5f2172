import { join } from "node:path";
import * as vscode from "vscode";
import { RuntimeClient } from "./client/runtimeClient";
import { llamaRelease } from "./core/llamaRelease";
import { composeCompressionLab } from "./extension/compressionLab";
import { composeModelManager } from "./extension/modelManager";
import { type EndingSession, endSession } from "./extension/sessionEnd";
import type { Downloads } from "./services/hub/downloads";
import { CancellationTokenSource } from "./protocol/rpc";
import { CompressionJobs } from "./services/compressionJobs";
import { Corrections } from "./services/analysis/corrections";
import { DocumentAnalysis } from "./services/analysis/documentAnalysis";
import { HeatMaps } from "./services/analysis/heatMap";
import { measuredLevels } from "./services/analysis/measuredLevels";
import { ImportanceMatrices } from "./services/importanceMatrices";
import { JsonStore } from "./services/jsonStore";
import { readLabelledDocuments } from "./services/tradeoffs/labelledDocuments";
import { Activity } from "./ui/activity";
import { Failures } from "./ui/adapters/failures";
import { createLog, type EditorLog } from "./ui/adapters/log";
import { Settings } from "./ui/adapters/settings";
import { commandHandlers } from "./ui/commands/commandHandlers";
import { registerCommands } from "./ui/commands/registerCommands";
import { ContextKeys } from "./ui/contextKeys";
import { Disposables } from "./ui/disposables";
import { HeatView } from "./ui/heat/heatView";
import { AnalyseCommand } from "./ui/inlineAnalysis/analyseCommand";
import { Analyses } from "./ui/inlineAnalysis/analyses";
import { AnalysisJobs } from "./ui/inlineAnalysis/analysisJobs";
import { compareFindings } from "./ui/inlineAnalysis/compareCommand";
import { FindingActions } from "./ui/inlineAnalysis/findingActions";
import { FindingCommands } from "./ui/inlineAnalysis/findingCommands";
import { FindingDiagnostics } from "./ui/inlineAnalysis/findingDiagnostics";
import { FindingHovers } from "./ui/inlineAnalysis/findingHovers";
import { FindingLenses } from "./ui/inlineAnalysis/findingLenses";
import { FindingMarks } from "./ui/inlineAnalysis/findingMarks";
import { FindingNavigation } from "./ui/inlineAnalysis/findingNavigation";
import { FindingSymbols } from "./ui/inlineAnalysis/findingSymbols";
import { exportLabels } from "./ui/inlineAnalysis/labelExport";
import { Rereading } from "./ui/inlineAnalysis/rereading";
import { suggestWording } from "./ui/inlineAnalysis/wordingCommand";
import type { Lab } from "./ui/lab/lab";
import { LastDocument } from "./ui/lastDocument";
import { warnOfLoss } from "./ui/models/lossWarning";
import { usableModels } from "./ui/models/usableModels";
import { AnalysisPanel } from "./ui/panels/analysisPanel";
import { AnalysisRestore } from "./ui/panels/analysisRestore";
import { TradeoffsPanels } from "./ui/panels/tradeoffsPanels";
import { CalibrateFlow } from "./ui/quantize/calibrateFlow";
import { QuantizeFlow } from "./ui/quantize/quantizeFlow";
import { StatusItem } from "./ui/status/statusItem";
import { OwnCategoriesFile } from "./ui/texts/ownCategoriesFile";
import { StudyTexts } from "./ui/texts/studyTexts";
import { TextDocuments } from "./ui/texts/textDocuments";

/** What must outlive the views, because it ends only after a while. */
interface Session extends EndingSession {
  readonly runtime: RuntimeClient;
  readonly log: EditorLog;
  readonly tradeoffs: TradeoffsPanels;
  readonly downloads: Downloads;
  readonly lab: Lab;
}

/** Composition root of the editor: what exists, and who knows whom. */
function compose(context: vscode.ExtensionContext): Session {
  const disposables = new Disposables();
  context.subscriptions.push(disposables);
  const { extensionUri } = context;
  // Decant's own folder may be read-only, and an update empties it: levels of the built-in model are kept apart.
  const builtInOutputs = join(context.globalStorageUri.fsPath, "models");
  const scratch = join(context.globalStorageUri.fsPath, "scratch");
  // The model cache lives in the folder above; VS Code makes neither.
  void vscode.workspace.fs.createDirectory(vscode.Uri.file(builtInOutputs));

  const log = createLog();
  const settings = new Settings();
  const runtime = new RuntimeClient({ path: join(context.extensionPath, "dist", "runtime.js"), log });
  const failures = new Failures(log, runtime);
  const showError = (error: unknown): void => failures.show(error);

  const activity = disposables.add(new Activity());
  const manager = composeModelManager({ context, disposables, log, settings, runtime, activity, builtInOutputs, showError });
  const { library, loader, loaded, trust, picker, tree, actions, downloadList } = manager;
  const jobs = new CompressionJobs(runtime, { threads: settings.threads, builtInOutputs });
  const categories = disposables.add(new OwnCategoriesFile(settings, context.globalStorageUri));
  const documents = new JsonStore(join(context.globalStorageUri.fsPath, "documents"), log);
  const studies = new JsonStore(join(context.globalStorageUri.fsPath, "tradeoffs"), log);
  const lastDocument = disposables.add(new LastDocument());
  const texts = new StudyTexts(lastDocument, vscode.Uri.joinPath(extensionUri, "media", "samples"));
  const corrections = new Corrections(documents, (uri) => categories.read(uri));
  const analysis = new DocumentAnalysis(runtime, {
    threads: settings.threads, contextSize: settings.contextSize, loader, store: documents,
    ownCategories: (uri) => categories.read(uri), corrections: (document) => corrections.of(document), models: () => usableModels(library),
    measured: measuredLevels({ store: studies, originalOf: (model) => library.originalOf(model), sampleText: () => texts.bundled(), measuring: settings.measuring }),
  });

  const matrices = new ImportanceMatrices(runtime, jobs, log, settings.threads);
  const calibrate = new CalibrateFlow(matrices, texts, activity);
  const quantize = new QuantizeFlow({ matrix: (model) => matrices.existing(model, new CancellationTokenSource().token), runtime, jobs, library, activity, reveal: (path) => tree.reveal(path) });
  const versions = {
    decant: (context.extension.packageJSON as { version: string }).version, llamaCpp: llamaRelease,
    node: process.version, platform: `${process.platform}-${process.arch}`,
  };
  const tradeoffs = disposables.add(new TradeoffsPanels({
    extensionUri,
    study: {
      runtime, jobs, log, threads: settings.threads, contextSize: settings.contextSize, measuring: settings.measuring,
      store: studies, scratch,
      labelled: () => readLabelledDocuments(join(context.extensionPath, "media", "samples", "labels.jsonl")),
    },
    texts, matrices,
    calibrate: (model) => calibrate.run(model),
    activity, versions,
    quantize: (model, version) => quantize.run(model, version),
    showError,
  }, (path) => picker.usable(path)));

  const { lab, labCommands, adapterJobs } = composeCompressionLab({ context, disposables, log, settings, runtime, activity, builtInOutputs, showError, manager, jobs, matrices, texts, versions });

  const analyses = disposables.add(new Analyses(settings.findingFilter, settings.onDidChangeFindingFilter));
  const documentJobs = disposables.add(new AnalysisJobs(analyses, analysis, corrections));
  const rereading = disposables.add(new Rereading({ analyses, jobs: documentJobs, runtime, actions, log, wanted: settings.analyseOnEdit }));
  disposables.add(categories.onDidChange(() => rereading.all()));
  const navigation = new FindingNavigation(analyses, lastDocument);
  const findings = new FindingCommands({ analyses, jobs: documentJobs, corrections, settings, lastDocument, ownCategories: (uri) => categories.read(uri) });
  const textDocuments = disposables.add(new TextDocuments(runtime, activity));
  const compare = (uri?: vscode.Uri): Promise<void> =>
    compareFindings({ jobs: documentJobs, panel: analysisPanel, library, trust, activity }, findings.analysis(uri));
  const analysisPanel: AnalysisPanel = disposables.add(new AnalysisPanel({
    extensionUri,
    analyses,
    stop: () => documentJobs.stop(),
    analyse: (uri) => analyse.run(uri),
    reveal: (uri, id) => navigation.reveal(uri, id),
    revealPlace: (uri, place) => navigation.revealPlace(uri, place),
    reject: (uri, id) => findings.reject(uri.toString(), id),
    write: (uri, part) => analyse.write(part, uri),
    ask: (uri, question) => analyse.ask(question, uri),
    forgetAnswers: (uri) => documentJobs.set(findings.analysis(uri), { answers: undefined }),
    chooseModel: (uri) => analyse.chooseModel(uri),
    compare,
    closeComparison: (uri) => documentJobs.set(findings.analysis(uri), { comparison: undefined }),
    exportLabels: () => exportLabels(analyses, corrections),
    showError,
  }));
  const analyse: AnalyseCommand = new AnalyseCommand({
    analyses, jobs: documentJobs, findings, panel: analysisPanel, actions, library, picker, lastDocument, texts: textDocuments, activity,
  });
  disposables.add(new AnalysisRestore({ analyses, panel: analysisPanel, memory: context.workspaceState, analyse: (uri, model) => analyse.again(uri, model), showError }));
  for (const View of [FindingDiagnostics, FindingLenses, FindingHovers, FindingActions, FindingSymbols, FindingMarks]) disposables.add(new View(analyses));
  const heatView = disposables.add(new HeatView());
  const heatMaps = new HeatMaps(runtime, jobs, { threads: settings.threads, scratch });

  disposables.add(warnOfLoss(runtime.onDidLose, library, showError));
  disposables.add(new StatusItem({ runtime, loaded, activity, meter: manager.meter, machine: manager.machine, onDidUnloadIdle: loader.onDidUnloadIdle }));
  disposables.add(new ContextKeys({ runtime, analyses, heat: heatView, downloads: downloadList, account: manager.account }));
  disposables.add(registerCommands(commandHandlers({
    ...manager, labCommands, adapterJobs, runtime, log, quantize, calibrate, tradeoffs, analyse, analyses, analysisPanel, navigation, findings, categories, lastDocument, threads: settings.threads,
    heat: { heatMaps, view: heatView, jobs, library, loaded, trust, lastDocument, activity },
    explain: (target, id) => analyse.explain(target, id),
    suggestWording: (target, id) => suggestWording({ analyses, jobs: documentJobs, commands: findings, activity }, target, id),
    compare,
    exportLabels: () => exportLabels(analyses, corrections),
  }), failures));
  return { runtime, log, tradeoffs, lab, downloads: downloadList };
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
    if (this.#session) await endSession(this.#session);
  };
}

export const { activate, deactivate } = new Extension();
