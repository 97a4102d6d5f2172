import * as vscode from "vscode";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";
import type { Analyses } from "./analyses";
import { rangeOf } from "./findingRange";

/** Milliseconds between two updates of the lenses: the editor asks every visible document again. */
const updateInterval = 250;

/** A line above every clause: its category and probability; a click selects it here and in the panel. */
export class FindingLenses implements vscode.CodeLensProvider {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(private readonly analyses: Analyses) {
    const update = this.#disposables.add(new Throttle(updateInterval, () => this.#changed.fire()));
    this.#disposables.add(analyses.onDidChangeFindings(() => update.request()));
    this.#disposables.add(vscode.languages.registerCodeLensProvider({ scheme: "*" }, this));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.analyses.findings(document.uri).map((finding) => {
      const range = rangeOf(document, finding);
      return new vscode.CodeLens(new vscode.Range(range.start, range.start), {
        title: `§ ${finding.category} · ${finding.probability.toFixed(2)}`,
        tooltip: finding.why,
        command: "decant.goToFinding",
        arguments: [document.uri.toString(), finding.id],
      });
    });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
