import * as vscode from "vscode";
import { categoryByName } from "../../core/documents/taxonomy";
import type { Severity } from "../../protocol/documents";
import type { AnalysisSnapshot, ShownFinding } from "../../protocol/panels";
import type { CommandId } from "../commands/commandTitles";
import type { Analyses } from "./analyses";
import { missingSentence, usualSentence } from "./findingContext";
import { rangeOf } from "./findingRange";

const icons: Record<Severity, string> = { error: "error", warning: "warning", information: "info" };
const linked: readonly CommandId[] = ["decant.goToFinding", "decant.nextFinding", "decant.analyseDocument", "decant.notAClause", "decant.ignoreCategory"];

/** What a clause is, how sure the model is, why it matters, and where to go from here. */
export class FindingHovers implements vscode.HoverProvider {
  readonly #registration = vscode.languages.registerHoverProvider({ scheme: "*" }, this);

  constructor(private readonly analyses: Analyses) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const offset = document.offsetAt(position);
    const here = this.analyses.findings(document.uri).filter(({ start, end }) => start <= offset && offset <= end);
    const first = here[0];
    const snapshot = first && this.analyses.snapshot(document.uri);
    if (!snapshot) return undefined;
    return new vscode.Hover(here.map((finding) => hoverText(document.uri, finding, snapshot)), rangeOf(document, first));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

/** All that comes from a document or a model is appended as text; only our own commands can be linked. */
function hoverText(uri: vscode.Uri, finding: ShownFinding, snapshot: AnalysisSnapshot): vscode.MarkdownString {
  const { model, stale = false } = snapshot;
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: linked };
  text.appendMarkdown(`$(${icons[finding.severity]}) **`).appendText(finding.category).appendMarkdown("** · ");
  const judge = finding.byHand ? "marked by hand" : `probability ${finding.probability.toFixed(2)}${model === undefined ? "" : ` · ${model}`}`;
  text.appendText(judge).appendMarkdown("\n\n");
  const description = categoryByName(finding.category)?.description;
  if (description) text.appendText(description).appendMarkdown("\n\n");
  if (finding.why) text.appendMarkdown("*Why it matters:* ").appendText(finding.why).appendMarkdown("\n\n");
  for (const sentence of [usualSentence(finding.category, snapshot), missingSentence(finding.category, snapshot)]) {
    if (sentence) text.appendText(sentence).appendMarkdown("\n\n");
  }
  const here = [uri.toString(), finding.id];
  const links = [
    link("Next finding", "decant.nextFinding", []),
    link("Show in panel", "decant.goToFinding", here),
    link("Not a clause", "decant.notAClause", here),
    link("Ignore category", "decant.ignoreCategory", [finding.category]),
    ...(stale ? [link("Analyse again", "decant.analyseDocument", [])] : []),
  ];
  return text.appendMarkdown(links.join("&nbsp;&nbsp; "));
}

function link(title: string, command: CommandId, args: readonly unknown[]): string {
  const query = args.length > 0 ? `?${encodeURIComponent(JSON.stringify(args))}` : "";
  return `[${title}](command:${command}${query})`;
}
