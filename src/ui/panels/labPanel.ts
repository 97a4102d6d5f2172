import * as vscode from "vscode";
import type { LabEvent, LabRequests } from "../../protocol/labPanel";
import type { CompressionLab } from "../../services/lab/compressionLab";
import { withoutStep, withStep, withStepChanged, withStepMoved } from "../../services/lab/recipeEdits";
import { Disposables } from "../disposables";
import type { Lab } from "../lab/lab";
import type { LabBoxes } from "../lab/labBoxes";
import type { LabRuns } from "../lab/labRuns";
import { Throttle } from "../throttle";
import { PanelHost } from "./panelHost";

export interface LabPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly lab: Lab;
  readonly boxes: LabBoxes;
  readonly runs: LabRuns;
  revealModel(path: string): Promise<void>;
  showTradeoffs(path: string): Promise<void>;
  showError(error: unknown): void;
}

const viewType = "decant.lab";
/** Milliseconds between two pictures while a recipe runs. */
const pictureInterval = 250;

/** The Compression Lab: a recipe is put together, estimated, run, and its results are compared. */
export class LabPanel {
  readonly #serializer: vscode.Disposable;
  #host: PanelHost<LabRequests, LabEvent> | undefined;

  constructor(private readonly parts: LabPanelParts) {
    this.#serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel) => (this.#host ? panel.dispose() : this.#create(await parts.lab.get(), panel)),
    });
  }

  get isShown(): boolean {
    return this.#host?.visible === true;
  }

  async show(): Promise<void> {
    const lab = await this.parts.lab.get();
    if (this.#host) this.#host.reveal();
    else this.#create(lab);
  }

  dispose(): void {
    this.#host?.dispose();
    this.#serializer.dispose();
  }

  #create(lab: CompressionLab, restored?: vscode.WebviewPanel): void {
    const { extensionUri, boxes, runs } = this.parts;
    const attempt = this.#attempt;
    this.#host = new PanelHost<LabRequests, LabEvent>(extensionUri, { name: "lab", title: "Compression Lab", column: vscode.ViewColumn.Active, restored }, {
      ready: () => lab.snapshot,
      chooseModel: ({ path }) => attempt(() => lab.chooseModel(path)),
      browseModel: () => attempt(() => boxes.browseModel(lab)),
      chooseText: () => attempt(() => boxes.chooseText(lab)),
      preset: ({ id }) => attempt(async () => void ((await boxes.mayReplace(lab)) && (await lab.preset(id)))),
      addStep: ({ step, at }) => attempt(() => lab.edit((recipe) => withStep(recipe, step, at))),
      changeStep: ({ at, step }) => attempt(() => lab.edit((recipe) => withStepChanged(recipe, at, step))),
      removeStep: ({ at }) => attempt(() => lab.edit((recipe) => withoutStep(recipe, at))),
      moveStep: ({ from, to }) => attempt(() => lab.edit((recipe) => withStepMoved(recipe, from, to))),
      browseStep: ({ at, setting }) => attempt(() => boxes.browseStep(lab, at, setting)),
      rename: ({ name }) => attempt(() => lab.edit((recipe) => ({ ...recipe, name }))),
      seed: ({ seed }) => attempt(() => lab.edit((recipe) => ({ ...recipe, seed }))),
      rank: ({ leaveOut }) => void attempt(() => runs.rank(lab, leaveOut)),
      run: () => void attempt(() => runs.run(lab)),
      pause: () => void attempt(() => lab.pause()),
      cancel: () => void attempt(() => lab.cancel()),
      answer: ({ goOn }) => lab.answer(goOn),
      open: () => attempt(async () => void (await boxes.open(lab))),
      save: () => attempt(async () => void (await boxes.save(lab))),
      reveal: ({ path }) => attempt(() => this.parts.revealModel(path)),
      showTradeoffs: ({ path }) => attempt(() => this.parts.showTradeoffs(path)),
      exportReport: () => attempt(() => boxes.exportReport(lab)),
    });
    const disposables = new Disposables();
    const picture = disposables.add(new Throttle(pictureInterval, () => this.#host?.tell({ kind: "snapshot", snapshot: lab.snapshot })));
    disposables.add(lab.onDidChange(() => picture.request()));
    this.#host.onDidDispose(() => {
      this.#host = undefined;
      disposables.dispose();
      void attempt(() => runs.tellRunning(lab));
    });
  }

  readonly #attempt = async (action: () => Promise<void> | void): Promise<void> => {
    try {
      await action();
    } catch (error) {
      this.parts.showError(error);
    }
  };
}
