import * as vscode from "vscode";
import type { ShownFinding } from "../../protocol/panels";
import type { CommandId } from "../commands/commandTitles";
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
    return this.analyses.findings(document.uri).flatMap((finding) => {
      const { start } = rangeOf(document, finding);
      const args = [document.uri.toString(), finding.id];
      return lensesOf(finding).map((lens) => new vscode.CodeLens(new vscode.Range(start, start), { ...lens, arguments: args }));
    });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

interface Lens {
  readonly title: string;
  readonly tooltip: string;
  readonly command: CommandId;
}

/** What is only a fact to know needs no better wording. */
function lensesOf({ category, probability, severity, why, byHand }: ShownFinding): readonly Lens[] {
  const clause: Lens = { title: `§ ${category} · ${byHand ? "by hand" : probability.toFixed(2)}`, tooltip: why, command: "decant.goToFinding" };
  if (severity === "information") return [clause];
  return [
    clause,
    { title: "Explain", tooltip: "Ask the model what this clause means for the reader", command: "decant.explainFinding" },
    { title: "Suggest wording", tooltip: "Let the model write this clause anew; you review the change before it is made", command: "decant.suggestWording" },
  ];
}
