import * as vscode from "vscode";
import type { ImatrixInfo, ModelFile, Recipe } from "../../protocol/model";
import type { ImportanceMatrices } from "../../services/importanceMatrices";
import type { Provenance } from "../../services/tradeoffs/report";
import type { StudyOptions } from "../../services/tradeoffs/study";
import type { Activity } from "../activity";
import type { StudySource, StudyTexts } from "../texts/studyTexts";
import { TradeoffsPanel } from "./tradeoffsPanel";

export interface TradeoffsParts {
  readonly extensionUri: vscode.Uri;
  readonly study: StudyOptions;
  readonly texts: StudyTexts;
  readonly matrices: ImportanceMatrices;
  readonly activity: Activity;
  readonly versions: Pick<Provenance, "decant" | "llamaCpp" | "node" | "platform">;
  /** Makes an importance matrix from documents that the person chooses; undefined when they stepped back. */
  calibrate(model: ModelFile): Promise<ImatrixInfo | undefined>;
  /** Runs the quantize flow; true when a file was made. */
  quantize(model: ModelFile, version: { readonly label: string; readonly recipe: Recipe; readonly bytes: number }): Promise<boolean>;
  showError(error: unknown): void;
}

/** The tradeoff panels: one editor tab per model, shown again when asked for again, restored after a reload of the window. */
export class TradeoffsPanels {
  readonly #open = new Map<string, TradeoffsPanel>();
  readonly #serializer: vscode.Disposable;

  constructor(
    private readonly parts: TradeoffsParts,
    /** The model of a panel that is restored; undefined when it is gone, cannot be used, or lies in a workspace that is not trusted. */
    find: (path: string) => Promise<ModelFile | undefined>,
  ) {
    this.#serializer = vscode.window.registerWebviewPanelSerializer("decant.tradeoffs", {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const path = stringIn(state, "model");
        const model = path === undefined ? undefined : await find(path);
        const source = await this.parts.texts.current(stringIn(state, "document"));
        // A model that has gone leaves nothing to show; and the person may have opened its panel meanwhile.
        if (!model || this.#open.has(model.path)) panel.dispose();
        else this.#add(model, source, panel);
      },
    });
  }

  /** A matrix was made elsewhere: the panel of its model, where one is open, uses it. */
  async useMatrix(model: ModelFile, matrix: ImatrixInfo): Promise<void> {
    await this.#open.get(model.path)?.use(matrix);
  }

  async show(model: ModelFile): Promise<void> {
    const known = this.#open.get(model.path);
    // The text that was chosen there stays.
    if (known) known.host.reveal();
    else this.#add(model, await this.parts.texts.current());
  }

  /** Stops every measurement; resolves when nothing of them is left on disk. */
  async end(): Promise<void> {
    const panels = [...this.#open.values()];
    for (const panel of panels) panel.dispose();
    await Promise.allSettled(panels.map((panel) => panel.ended()));
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of [...this.#open.values()]) panel.host.dispose();
  }

  #add(model: ModelFile, source: StudySource, restored?: vscode.WebviewPanel): void {
    const panel = new TradeoffsPanel(this.parts, model, source, restored);
    this.#open.set(model.path, panel);
    panel.host.onDidDispose(() => {
      this.#open.delete(model.path);
      panel.dispose();
    });
  }
}

/** What the webview kept under a name, see its ViewState. */
function stringIn(state: unknown, name: "model" | "document"): string | undefined {
  const value = typeof state === "object" && state !== null ? (state as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === "string" ? value : undefined;
}
