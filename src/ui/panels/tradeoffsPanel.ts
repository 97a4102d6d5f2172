import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ImatrixInfo, ModelFile } from "../../protocol/model";
import type { RowKey, TradeoffsEvent, TradeoffsRequests } from "../../protocol/panels";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import { modelName } from "../../services/models/modelLibrary";
import { report } from "../../services/tradeoffs/report";
import { TradeoffStudy } from "../../services/tradeoffs/study";
import { Disposables } from "../disposables";
import { folderName } from "../format";
import { Throttle } from "../throttle";
import { askMachine } from "./ownMachine";
import { PanelHost } from "./panelHost";
import { exportReport } from "./reportExport";
import type { StudySource } from "../texts/studyTexts";
import type { TradeoffsParts } from "./tradeoffsPanels";

/** Milliseconds between two pictures of a running measurement. */
const pictureInterval = 100;

/** One model's tradeoff panel: the study behind it, and the questions that the editor's own pickers ask. */
export class TradeoffsPanel {
  readonly host: PanelHost<TradeoffsRequests, TradeoffsEvent>;
  readonly #cancellation = new CancellationTokenSource();
  readonly #disposables = new Disposables();
  readonly #study: TradeoffStudy;

  constructor(
    private readonly parts: TradeoffsParts,
    model: ModelFile,
    private source: StudySource,
    restored?: vscode.WebviewPanel,
  ) {
    const study = new TradeoffStudy(parts.study, model, source());
    this.#study = study;
    const token = this.#token;
    this.host = new PanelHost<TradeoffsRequests, TradeoffsEvent>(parts.extensionUri, { name: "tradeoffs", title: `Tradeoffs: ${modelName(model)}`, column: vscode.ViewColumn.Active, restored }, {
      ready: () => study.snapshot,
      measure: ({ keys }) => this.#measure(keys),
      stop: () => study.stop(),
      quantize: ({ key }) => this.#quantize(key),
      setContext: ({ context }) => study.setContext(context, token),
      setCacheType: ({ cacheType }) => study.setCacheType(cacheType, token),
      setMachine: ({ id }) => (id === "own" ? this.#askMachine() : study.setMachine(id)),
      setTask: ({ task, stake }) => study.setTask(task, stake),
      chooseText: () => this.#chooseText(),
      calibrate: () => this.#calibrate(),
      chooseMatrix: () => this.#chooseMatrix(),
      exportReport: () => this.#export(),
      findMix: async (goal) => ({ key: await study.findMix(goal, token) }),
      tensorErrors: () => study.tensorErrors(),
    });
    const picture = this.#disposables.add(new Throttle(pictureInterval, () => this.host.tell({ kind: "snapshot", snapshot: study.snapshot })));
    this.#disposables.add(study.onDidChange(() => picture.request()));
    this.#disposables.add(study);
    void this.#open();
  }

  /** Chooses another text; a measurement that is running stays with its own. */
  async measureOn(source: StudySource): Promise<void> {
    this.source = source;
    await this.#study.setText(source());
  }

  /** Resolves when nothing of a measurement is left on disk. */
  ended(): Promise<void> {
    return this.#study.ended();
  }

  dispose(): void {
    this.#cancellation.cancel();
    this.#disposables.dispose();
  }

  get #token(): CancellationToken {
    return this.#cancellation.token;
  }

  async #open(): Promise<void> {
    const { matrices } = this.parts;
    await this.#study.open(this.#token, await matrices.existing(this.#study.model, this.#token));
  }

  /** A matrix that does not fit is told by every level's own problem. */
  async use(matrix: ImatrixInfo | undefined): Promise<void> {
    await this.#study.useMatrix(matrix, this.#token).catch((error: unknown) => this.parts.showError(error));
  }

  async #measure(keys: readonly RowKey[]): Promise<void> {
    const study = this.#study;
    await study.setText(this.source());
    const work = this.parts.activity.begin(`Measuring ${modelName(study.model)}`);
    const labels = study.onDidChange(() => {
      const { progress } = study.snapshot;
      if (progress) work.report(`${progress.label} ${Math.round(100 * progress.fraction)} %`);
    });
    try {
      await study.measure(keys, this.#token);
    } finally {
      labels.dispose();
      work.dispose();
    }
  }

  async #quantize(key: RowKey): Promise<void> {
    const entry = this.#study.entry(key);
    if (!entry) throw new HumanError("badArgument", "Choose a level to quantize to.");
    const { label, recipe, size } = entry;
    try {
      if (await this.parts.quantize(this.#study.model, { label, recipe, bytes: size.bytes })) await this.#study.refreshExisting();
    } catch (error) {
      this.parts.showError(error);
    }
  }

  #export(): Promise<void> {
    const study = this.#study;
    return exportReport({
      placeHolder: "Export the tradeoffs as", folder: folderName(study.model.path), name: `${study.model.family}-tradeoffs`,
      text: (format) => report(format, study.snapshot, { ...this.parts.versions, ...study.provenance }),
    });
  }

  async #askMachine(): Promise<void> {
    const answer = await askMachine();
    if (answer) this.#study.setOwnMachine(answer.label, answer.machine);
  }

  async #chooseText(): Promise<void> {
    const source = await this.parts.texts.choose();
    if (source) await this.measureOn(source);
  }

  async #calibrate(): Promise<void> {
    const matrix = await this.parts.calibrate(this.#study.model);
    if (matrix) await this.use(matrix);
  }

  async #chooseMatrix(): Promise<void> {
    const { matrices } = this.parts;
    const none = { label: "$(circle-slash) None", detail: "Plain levels, as llama.cpp makes them without an importance matrix" };
    const file = { label: "$(file) A file…", detail: "An importance matrix made by Decant or llama-imatrix (.gguf, .imatrix, .dat)" };
    const picked = await vscode.window.showQuickPick([file, none], { placeHolder: "Make levels with which importance matrix?" });
    if (picked === none) await this.use(undefined);
    if (picked !== file) return;
    const [uri] = (await vscode.window.showOpenDialog({ filters: { "Importance matrix": ["gguf", "imatrix", "dat"] }, openLabel: "Take This Matrix" })) ?? [];
    if (uri) await this.use(await matrices.read(uri.fsPath, this.#token));
  }
}
