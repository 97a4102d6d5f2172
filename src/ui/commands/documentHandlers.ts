import type { CommandHandlers, CommandId } from "./commandTitles";
import { type HeatParts, showHeat } from "../heat/heatCommand";
import type { Analyses } from "../inlineAnalysis/analyses";
import type { AnalyseCommand } from "../inlineAnalysis/analyseCommand";
import type { FindingCommands } from "../inlineAnalysis/findingCommands";
import type { OwnCategoriesFile } from "../texts/ownCategoriesFile";

export interface DocumentCommandParts {
  readonly analyse: AnalyseCommand;
  readonly analyses: Analyses;
  readonly findings: FindingCommands;
  readonly categories: OwnCategoriesFile;
  readonly heat: HeatParts;
  explain(target: unknown, id: unknown): Promise<void>;
  suggestWording(target: unknown, id: unknown): Promise<void>;
  compare(): Promise<void>;
  exportLabels(): Promise<void>;
}

type DocumentCommand = Extract<
  CommandId,
  | `decant.${"analyseDocument" | "openAsText" | "chooseAnalysisModel" | "askDocument" | "readFacts" | "readObligations" | "summariseDocument"}`
  | `decant.${"compareFindings" | "explainFinding" | "suggestWording" | "markAsClause" | "notAClause" | "ignoreFinding" | "ignoreCategory"}`
  | `decant.${"filterFindings" | "exportLabels" | "editCategories" | "showHeat" | "hideHeat"}`
>;

/** What each command about a document does. */
export function documentHandlers(parts: DocumentCommandParts): Pick<CommandHandlers, DocumentCommand> {
  const { analyse, findings, categories, heat } = parts;
  return {
    "decant.analyseDocument": (target) => analyse.run(target),
    "decant.openAsText": (target) => analyse.openAsText(target),
    "decant.chooseAnalysisModel": (target) => analyse.chooseModel(target),
    "decant.askDocument": () => analyse.ask(),
    "decant.readFacts": () => analyse.write("facts"),
    "decant.readObligations": () => analyse.write("obligations"),
    "decant.summariseDocument": () => analyse.write("summary"),
    "decant.compareFindings": () => parts.compare(),
    "decant.explainFinding": (target, id) => parts.explain(target, id),
    "decant.suggestWording": (target, id) => parts.suggestWording(target, id),
    "decant.markAsClause": () => findings.accept(),
    "decant.notAClause": (target, id) => findings.reject(target, id),
    "decant.ignoreFinding": (target, id) => findings.ignore(target, id),
    "decant.ignoreCategory": (category) => findings.ignoreCategory(category),
    "decant.filterFindings": () => findings.filter(),
    "decant.exportLabels": () => parts.exportLabels(),
    "decant.editCategories": () => categories.edit(heat.lastDocument.document?.uri),
    "decant.showHeat": () => showHeat(heat),
    "decant.hideHeat": () => heat.view.hide(),
  };
}
