import * as vscode from "vscode";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";
import type { Analyses } from "./analyses";
import { rangeOf } from "./findingRange";

/** Milliseconds between two updates of the outline. */
const updateInterval = 1000;

/**
 * The clauses as an outline of the document. VS Code asks for it when the text changes or when a provider comes; findings
 * change without either, so the provider is registered anew, and only while there is something to outline.
 */
export class FindingSymbols implements vscode.DocumentSymbolProvider {
  readonly #disposables = new Disposables();
  #registration: vscode.Disposable | undefined;

  constructor(private readonly analyses: Analyses) {
    const update = this.#disposables.add(new Throttle(updateInterval, () => this.#register()));
    this.#disposables.add(analyses.onDidChangeFindings(() => update.request()));
  }

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    return this.analyses.findings(document.uri).map((finding) => {
      const range = rangeOf(document, finding);
      return new vscode.DocumentSymbol(`§ ${finding.category}`, finding.probability.toFixed(2), vscode.SymbolKind.Key, range, range);
    });
  }

  dispose(): void {
    this.#registration?.dispose();
    this.#disposables.dispose();
  }

  #register(): void {
    this.#registration?.dispose();
    this.#registration = this.analyses.hasFindings ? vscode.languages.registerDocumentSymbolProvider({ scheme: "*" }, this, { label: "Decant: clauses" }) : undefined;
  }
}
