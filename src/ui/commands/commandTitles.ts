/**
 * Every command and its title: the one list that the code registers from. package.json must repeat it
 * (VS Code reads it before any code runs); test/unit/ui/contributions.test.ts holds the two together.
 */
export const commandTitles = {
  "decant.quantize": "Quantize…",
  "decant.calibrate": "Calibrate on Documents…",
  "decant.showTradeoffs": "Show Tradeoffs",
  "decant.showFit": "What Fits Where…",
  "decant.analyseDocument": "Analyse Document",
  "decant.openAsText": "Open as Text and Analyse",
  "decant.chooseAnalysisModel": "Choose Model for This Document…",
  "decant.askDocument": "Ask About Document…",
  "decant.readFacts": "Read Facts",
  "decant.readObligations": "Read Obligations and Risks",
  "decant.summariseDocument": "Summarise Document",
  "decant.compareFindings": "Compare Findings…",
  "decant.explainFinding": "Explain Clause",
  "decant.suggestWording": "Suggest Wording…",
  "decant.markAsClause": "Mark as Clause…",
  "decant.notAClause": "Not a Clause",
  "decant.ignoreFinding": "Ignore Finding Here",
  "decant.ignoreCategory": "Ignore Category",
  "decant.filterFindings": "Filter Findings by Severity…",
  "decant.exportLabels": "Export Corrections as Labels…",
  "decant.editCategories": "Edit Clause Categories",
  "decant.showHeat": "Show Where Compression Hurts…",
  "decant.hideHeat": "Hide Where Compression Hurts",
  "decant.loadModel": "Load Model",
  "decant.unloadModel": "Unload Model",
  "decant.revealModel": "Reveal in File Manager",
  "decant.deleteModel": "Delete Model",
  "decant.refreshModels": "Refresh Models",
  "decant.addModelsFolder": "Add Models Folder…",
  "decant.goToFinding": "Go to Finding…",
  "decant.nextFinding": "Go to Next Finding",
  "decant.previousFinding": "Go to Previous Finding",
  "decant.clearFindings": "Clear Findings",
  "decant.showMenu": "Show Menu",
  "decant.restartRuntime": "Restart Runtime",
  "decant.showLog": "Show Log",
} as const;

export type CommandId = keyof typeof commandTitles;

/** Arguments come from menus, links and other extensions: a handler must check what it uses. */
export type CommandHandlers = Readonly<Record<CommandId, (...args: readonly unknown[]) => unknown>>;
