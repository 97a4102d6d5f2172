import * as vscode from "vscode";
import type { ModelFile, QuantType } from "../../protocol/model";
import type { TradeoffsEvent, TradeoffsRequests } from "../../protocol/panels";
import { CancellationTokenSource } from "../../protocol/rpc";
import { modelName } from "../../services/modelLibrary";
import { type StudyOptions, TradeoffStudy } from "../../services/tradeoffStudy";
import type { Activity } from "../activity";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";
import { PanelHost } from "./panelHost";
import type { StudySource, StudyTexts } from "./studyTexts";

export interface TradeoffsParts {
  readonly extensionUri: vscode.Uri;
  readonly study: StudyOptions;
  readonly texts: StudyTexts;
  readonly activity: Activity;
  /** Runs the quantize flow; true when a file was made. */
  quantize(model: ModelFile, type: QuantType): Promise<boolean>;
  showError(error: unknown): void;
}

/** Milliseconds between two pictures of a running measurement. */
const pictureInterval = 100;

/** The tradeoff panels: one editor tab per model, shown again when asked for again. */
export class TradeoffsPanels {
  readonly #open = new Map<string, TradeoffsPanel>();

  constructor(private readonly parts: TradeoffsParts) {}

  async show(model: ModelFile): Promise<void> {
    const source = await this.parts.texts.current();
    const known = this.#open.get(model.path);
    if (known) {
      known.measureOn(source);
      known.host.reveal();
      return;
    }
    const panel = new TradeoffsPanel(this.parts, model, source);
    this.#open.set(model.path, panel);
    panel.host.onDidDispose(() => {
      this.#open.delete(model.path);
      panel.dispose();
    });
  }

  dispose(): void {
    for (const panel of [...this.#open.values()]) panel.host.dispose();
  }
}

class TradeoffsPanel {
  readonly host: PanelHost<TradeoffsRequests, TradeoffsEvent>;
  readonly #cancellation = new CancellationTokenSource();
  readonly #disposables = new Disposables();
  readonly #study: TradeoffStudy;

  constructor(private readonly parts: TradeoffsParts, model: ModelFile, private source: StudySource) {
    const study = new TradeoffStudy(parts.study, model, source());
    this.#study = study;
    const title = `Tradeoffs: ${modelName(study.model)}`;
    this.host = new PanelHost<TradeoffsRequests, TradeoffsEvent>(parts.extensionUri, { name: "tradeoffs", title, column: vscode.ViewColumn.Active }, {
      ready: () => study.snapshot,
      measure: ({ types }) => this.#measure(types),
      stop: () => study.stop(),
      quantize: ({ type }) => this.#quantize(type),
    });
    const picture = this.#disposables.add(new Throttle(pictureInterval, () => this.host.tell({ kind: "snapshot", snapshot: study.snapshot })));
    this.#disposables.add(study.onDidChange(() => picture.request()));
    this.#disposables.add(study);
    void study.open(this.#cancellation.token);
  }

  /** Chooses another text; a measurement that is running stays with its own. */
  measureOn(source: StudySource): void {
    this.source = source;
    this.#study.setText(source());
  }

  dispose(): void {
    this.#cancellation.cancel();
    this.#disposables.dispose();
  }

  async #measure(types: readonly QuantType[]): Promise<void> {
    const study = this.#study;
    study.setText(this.source());
    const work = this.parts.activity.begin(`Measuring ${modelName(study.model)}`);
    const labels = study.onDidChange(({ progress }) => progress && work.report(`${progress.label} ${Math.round(100 * progress.fraction)} %`));
    try {
      await study.measure(types, this.#cancellation.token);
    } finally {
      labels.dispose();
      work.dispose();
    }
  }

  async #quantize(type: QuantType): Promise<void> {
    try {
      // Reading the sizes again is free, and tells which levels stand beside the model now.
      if (await this.parts.quantize(this.#study.model, type)) await this.#study.open(this.#cancellation.token);
    } catch (error) {
      this.parts.showError(error);
    }
  }
}
