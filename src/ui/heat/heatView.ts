import * as vscode from "vscode";
import { heatStep, heatSteps } from "../../core/documents/heatSections";
import type { CommandId } from "../commands/commandTitles";
import { Disposables } from "../disposables";
import { rangeOf } from "../inlineAnalysis/findingRange";
import { Throttle } from "../throttle";
import type { HeatMap } from "./heatMap";
import { nats, sectionStep, sectionTitle, tokenSentences } from "./heatWords";

/** Milliseconds between two drawings while tokens stream in. */
const drawInterval = 400;

/** Tokens of a section below which it has no line of its own: a heading's few tokens tell little, and lines take room. */
const leastTokens = 20;

interface ShownMap {
  readonly document: vscode.TextDocument;
  readonly map: HeatMap;
}

/** Draws one heat map at a time: colours in the text, marks on the overview ruler, a line above each section, hovers, a status item. */
export class HeatView implements vscode.CodeLensProvider, vscode.HoverProvider {
  readonly #disposables = new Disposables();
  readonly #lensesChanged = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #shownChanged = this.#disposables.add(new vscode.EventEmitter<void>());
  /** Fires when a map was shown or taken off: by the person, with its document, or by another map. */
  readonly onDidChange = this.#shownChanged.event;
  readonly #draw = this.#disposables.add(new Throttle(drawInterval, () => this.#redraw()));
  readonly #tokenTypes = heatSteps.map((_, index) => this.#disposables.add(tokenType(index + 1)));
  readonly #sectionTypes = heatSteps.map((_, index) => this.#disposables.add(sectionType(index + 1)));
  readonly #status = this.#disposables.add(vscode.window.createStatusBarItem("decant.heat", vscode.StatusBarAlignment.Right, 91));
  #shown: ShownMap | undefined;

  constructor() {
    this.#status.name = "Decant: Where Compression Hurts";
    this.#status.command = "decant.hideHeat" satisfies CommandId;
    this.#disposables.add(vscode.languages.registerCodeLensProvider({ scheme: "*" }, this));
    this.#disposables.add(vscode.languages.registerHoverProvider({ scheme: "*" }, this));
    this.#disposables.add(vscode.window.onDidChangeVisibleTextEditors(() => this.#shown && this.#draw.request()));
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument((document) => document === this.#shown?.document && this.hide()));
    this.#disposables.add(vscode.workspace.onDidChangeTextDocument((change) => this.#follow(change)));
  }

  get isShown(): boolean {
    return this.#shown !== undefined;
  }

  shows(map: HeatMap): boolean {
    return this.#shown?.map === map;
  }

  show(document: vscode.TextDocument, map: HeatMap): void {
    this.hide();
    this.#shown = { document, map };
    this.changed();
    this.#shownChanged.fire();
  }

  /** The map has more tokens. */
  changed(): void {
    this.#draw.request();
  }

  /** Takes the map off, or only this one where one is named. */
  hide(map: HeatMap | undefined = this.#shown?.map): void {
    if (!map || this.#shown?.map !== map) return;
    this.#shown = undefined;
    this.#redraw();
    this.#shownChanged.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const map = this.#mapOf(document);
    if (!map) return [];
    return map.sections(document.getText()).filter(({ tokens }) => tokens >= leastTokens).map(({ start, meanKl }) => {
      const position = document.positionAt(start);
      return new vscode.CodeLens(new vscode.Range(position, position), { title: sectionTitle(meanKl, map.names), tooltip: "Click to hide the colours", command: "decant.hideHeat" satisfies CommandId });
    });
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const map = this.#mapOf(document);
    const token = map?.at(document.offsetAt(position));
    if (!map || !token) return undefined;
    const text = new vscode.MarkdownString();
    for (const sentence of tokenSentences(token, map.names)) text.appendText(sentence).appendMarkdown("\n\n");
    return new vscode.Hover(text, rangeOf(document, token));
  }

  dispose(): void {
    this.#shown = undefined;
    this.#disposables.dispose();
  }

  #mapOf(document: vscode.TextDocument): HeatMap | undefined {
    return this.#shown?.document === document ? this.#shown.map : undefined;
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const map = this.#mapOf(document);
    if (!map || contentChanges.length === 0) return;
    map.edited(contentChanges.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, removed: rangeLength, inserted: text.length })));
    this.changed();
  }

  #redraw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const map = this.#mapOf(document);
      const tokens = map?.tokens ?? [];
      const sections = map?.sections(document.getText()) ?? [];
      this.#tokenTypes.forEach((type, index) => editor.setDecorations(type, tokens.filter(({ kl }) => heatStep(kl) === index + 1).map((token) => rangeOf(document, token))));
      this.#sectionTypes.forEach((type, index) => editor.setDecorations(type, sections.filter(({ meanKl }) => sectionStep(meanKl) === index + 1).map((section) => rangeOf(document, section))));
    }
    this.#lensesChanged.fire();
    this.#tellStatus();
  }

  #tellStatus(): void {
    if (!this.#shown) return this.#status.hide();
    const { names, meanKl } = this.#shown.map;
    this.#status.text = `$(flame) ${names.variant} against ${names.base}: ${nats(meanKl)}`;
    this.#status.tooltip = scale(meanKl);
    this.#status.accessibilityInformation = { label: `Where compression hurts: ${names.variant} against ${names.base}, mean ${nats(meanKl)} nats per token. Press to hide.`, role: "button" };
    this.#status.show();
  }
}

/** Colours are contributed, so themes can set them. */
function tokenType(step: number): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({ backgroundColor: new vscode.ThemeColor(`decant.heat${step}`), borderRadius: "2px" });
}

function sectionType(step: number): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({ overviewRulerColor: new vscode.ThemeColor(`decant.heat${step}`), overviewRulerLane: vscode.OverviewRulerLane.Center });
}

/** Colours need HTML, which names of models could be mistaken for: they stand in the status item's text alone. */
function scale(meanKl: number): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.supportHtml = true;
  text.appendMarkdown(`**Where compression hurts**\n\nKL divergence: ${nats(meanKl)} nats per token on average.\n\n`);
  for (const [index, least] of heatSteps.entries()) {
    text.appendMarkdown(`<span style="background-color:var(--vscode-decant-heat${index + 1});">&nbsp;&nbsp;&nbsp;&nbsp;</span> from ${least} nats  \n`);
  }
  return text.appendMarkdown("\nClick to hide.");
}
