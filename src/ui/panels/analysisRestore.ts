import * as vscode from "vscode";
import { Disposables } from "../disposables";
import type { Analyses } from "../inlineAnalysis/analyses";
import type { AnalysisPanel } from "./analysisPanel";

export interface RestoreParts {
  readonly analyses: Analyses;
  readonly panel: AnalysisPanel;
  /** Belongs to the workspace and outlives the window. */
  readonly memory: vscode.Memento;
  /** Reads the document again, with the model at the path where it can still be used. What was read before comes from the cache. */
  analyse(uri: vscode.Uri, modelPath: string): Promise<void>;
  showError(error: unknown): void;
}

interface Remembered {
  readonly uri: string;
  readonly model: string;
}

const key = "decant.analysis";

/** Brings the analysis panel back after a reload of the window, with what it showed. */
export class AnalysisRestore {
  readonly #disposables = new Disposables();

  constructor(private readonly parts: RestoreParts) {
    const { analyses, panel } = parts;
    this.#disposables.add(analyses.onDidChangeFindings(() => this.#remember()));
    this.#disposables.add(vscode.window.registerWebviewPanelSerializer("decant.analysis", {
      deserializeWebviewPanel: async (kept) => {
        const { uri, model } = parts.memory.get<Partial<Remembered>>(key, {});
        const document = typeof uri === "string" ? vscode.Uri.parse(uri) : undefined;
        // A panel without its document has nothing to say.
        if (!document || typeof model !== "string" || !isOpen(document)) return kept.dispose();
        panel.restore(document, kept);
        await parts.analyse(document, model).catch((error: unknown) => parts.showError(error));
      },
    }));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #remember(): void {
    const { analyses, panel, memory } = this.parts;
    const analysis = panel.uri && analyses.get(panel.uri);
    if (!analysis?.reader) return;
    const { uri, model }: Remembered = { uri: analysis.document.uri.toString(), model: analysis.reader.path };
    const known = memory.get<Partial<Remembered>>(key);
    if (known?.uri !== uri || known.model !== model) void memory.update(key, { uri, model });
  }
}

function isOpen(uri: vscode.Uri): boolean {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  return inputs.some((input) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}
