import { join } from "node:path";
import * as vscode from "vscode";
import type { Runtime } from "../services/ports";
import { Conversions } from "../services/conversions";
import { Downloads } from "../services/hub/downloads";
import { GetModels } from "../services/hub/getModels";
import { HubClient } from "../services/hub/hubClient";
import { ModelLoader } from "../services/loading/modelLoader";
import { Inspector } from "../services/models/inspector";
import { isInside } from "../services/models/inside";
import { ModelLibrary, modelName } from "../services/models/modelLibrary";
import { modelPlaces, surroundings } from "../services/models/places";
import { ResourceMeter } from "../services/resourceMeter";
import type { Activity } from "../ui/activity";
import type { EditorLog } from "../ui/adapters/log";
import type { Settings } from "../ui/adapters/settings";
import { ConvertFlow } from "../ui/conversion/convertFlow";
import type { Disposables } from "../ui/disposables";
import { DownloadCommands } from "../ui/hub/downloadCommands";
import { HubAccount } from "../ui/hub/hubAccount";
import { chooseDownloadFolder, offerDownload, openRepository, revealDownload } from "../ui/hub/hubActions";
import { InspectorEditor } from "../ui/inspector/inspectorEditor";
import { pickOther } from "../ui/inspector/otherModel";
import { AdapterFlow } from "../ui/models/adapterFlow";
import { DownloadNodes } from "../ui/models/downloadNodes";
import { LoadedModelFile } from "../ui/models/loadedModel";
import { MachineAtHand } from "../ui/models/machineAtHand";
import { warnOfMemory } from "../ui/models/memoryWarning";
import { ModelActions } from "../ui/models/modelActions";
import { ModelDeletion } from "../ui/models/modelDeletion";
import { ModelFileWatcher } from "../ui/models/modelFiles";
import { ModelPicker } from "../ui/models/modelPicker";
import { ModelsTree } from "../ui/models/modelsTree";
import { ModelTrust } from "../ui/models/modelTrust";
import { OllamaExport } from "../ui/models/ollamaExport";
import { watchedPlaces } from "../ui/models/watchedPlaces";
import { GetModelsPanel } from "../ui/panels/getModelsPanel";
import { MeterPanel } from "../ui/panels/meterPanel";

export interface ManagerGround {
  readonly context: vscode.ExtensionContext;
  readonly disposables: Disposables;
  readonly log: EditorLog;
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly activity: Activity;
  /** Where levels of the built-in model go. */
  readonly builtInOutputs: string;
  showError(error: unknown): void;
}

export type ModelManager = ReturnType<typeof composeModelManager>;

/** What finds, gets, converts, knows, loads and deletes models. */
export function composeModelManager({ context, disposables, log, settings, runtime, activity, builtInOutputs, showError }: ManagerGround) {
  const { extensionUri } = context;
  const builtInFolder = join(context.extensionPath, "media", "models");
  const folders = (): readonly string[] => [builtInOutputs, ...settings.modelFolders()];
  const library = disposables.add(new ModelLibrary({ folders, workspaceFolders: settings.workspaceFolders, sources: settings.discoverModels, builtInFolder, cacheFile: join(context.globalStorageUri.fsPath, "models.json"), log }));
  const loader = disposables.add(new ModelLoader(runtime, {
    threads: settings.threads, contextSize: settings.contextSize, cacheType: settings.cacheType, gpuLayers: settings.gpuLayers, unloadAfterMinutes: settings.unloadAfterMinutes,
  }));
  disposables.add(warnOfMemory(loader, showError));
  const loaded = disposables.add(new LoadedModelFile(runtime, library));
  const machine = disposables.add(new MachineAtHand(runtime, log));
  const meter = disposables.add(new ResourceMeter(runtime));

  const account = disposables.add(new HubAccount(context.secrets, settings.hubUrl));
  disposables.add(settings.onDidChange("hubUrl", () => void account.tell()));
  // Asked for when a repository is opened, not before: whether it fits a GPU only native code knows.
  const client = new HubClient({ url: settings.hubUrl, secrets: account, machine: () => runtime.machine().catch(() => machine.current), context: settings.contextSize });
  const downloads = new Downloads(client.connection);
  const getModels = disposables.add(new GetModels({
    client, downloads, folder: settings.downloadFolder, signedIn: () => account.isSignedIn(), models: () => library.files(),
  }));

  const trust = new ModelTrust({ isTrusted: () => vscode.workspace.isTrusted, folders: settings.workspaceFolders });
  const downloadNodes = disposables.add(new DownloadNodes(downloads));
  const tree = disposables.add(new ModelsTree({ library, runtime, loaded, downloads: downloadNodes, machine, settings }));
  const picker = new ModelPicker(library, trust, () => tree.selected);
  const places = modelPlaces(surroundings());
  const files = disposables.add(new ModelFileWatcher({ library, settings, places: () => watchedPlaces([builtInFolder, ...folders()], settings.discoverModels(), places) }));
  // Asking may open the system's keyring: not before the view is looked at.
  const firstShown = disposables.add(tree.onDidChangeVisibility(({ visible }) => {
    if (!visible) return;
    firstShown.dispose();
    void account.tell();
  }));
  disposables.add(tree.onDidChangeVisibility(({ visible }) => {
    files.setVisible(visible);
    // What was being fetched when the window closed is shown, and waits for the person.
    if (visible) void downloads.restore(settings.downloadFolder()).catch((error: unknown) => log.error("Downloads could not be found again.", error));
  }));

  const actions = new ModelActions({ library, loader, activity, settings, fit: (model) => tree.fitOf(model)?.fit });
  const downloadCommands = new DownloadCommands(downloads);
  const inspector = disposables.add(new InspectorEditor({ extensionUri, inspector: new Inspector(), known: async (path) => (await library.files()).find((model) => model.path === path), chooseOther: (path) => pickOther(picker, path), showError }));
  const getModelsPanel = disposables.add(new GetModelsPanel({
    extensionUri, getModels, showError,
    signIn: () => account.signIn(),
    signOut: () => account.signOut(),
    onDidSign: account.onDidChange,
    chooseFolder: () => chooseDownloadFolder(settings),
    openPage: (id) => openRepository(id, settings.hubUrl()),
    cancelDownload: (id) => downloadCommands.cancel(id),
    revealTarget: (target) => revealDownload(target, library, actions),
    didFinish: (download) => {
      library.refresh();
      void offerDownload(download).catch(showError);
    },
  }));
  const meterPanel = disposables.add(new MeterPanel({
    extensionUri,
    snapshot: () => ({
      machine: machine.current, loaded: runtime.loaded, modelName: loaded.model && modelName(loaded.model), why: loader.current?.reasons ?? [], samples: meter.samples, activity: activity.current,
    }),
    onDidRead: meter.onDidRead,
    onDidChange: [loaded.onDidChange, activity.onDidChange],
  }));
  return {
    library, loader, loaded, machine, meter, account, downloadList: downloads, trust, tree, picker, actions, inspector, meterPanel,
    getModels: getModelsPanel,
    downloads: downloadCommands,
    deletion: new ModelDeletion({ runtime, library, loader, log }),
    adapters: new AdapterFlow({ runtime, library, loader, picker, trust, actions }),
    ollama: new OllamaExport({ library, loader, activity }),
    convert: new ConvertFlow({
      conversions: new Conversions(runtime, settings.downloadFolder), library, activity, log, requireTrust: (path) => trust.requirePath(path), reveal: (path) => tree.reveal(path),
      isListed: (folder) => [...folders(), builtInFolder].some((listed) => isInside(folder, listed)), addFolder: (folder) => settings.addModelFolder(folder),
    }),
    hubUrl: settings.hubUrl,
  };
}
