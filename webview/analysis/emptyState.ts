import type { AnalysisSnapshot, WrittenPart } from "../../src/protocol/panels";
import { message } from "../emptyMessage";
import { Button } from "../toolkit";
import { hiddenWords } from "./words";

export interface EmptyActions {
  onAnalyse(): void;
  onShowAll(): void;
}

/** What stands in the place of the list of clauses, and the next thing to do; undefined when the list has something to show. */
export function emptyState(snapshot: AnalysisSnapshot, shown: number, actions: EmptyActions): HTMLElement | undefined {
  if (shown > 0) return undefined;
  if (snapshot.findings.length > 0) return message("filter", "Nothing matches the filter", "", new Button({ label: "Show all clauses", onClick: actions.onShowAll }));
  if (snapshot.progress) return message("search", "Reading…", "Clauses appear here as they are spotted.");
  if (!snapshot.document) return noDocument();
  if (snapshot.hidden) return message("eye-closed", "Nothing matches your settings", `${hiddenWords(snapshot.hidden)}: “Decant: Filter Findings by Severity…” shows them again.`);
  if (snapshot.seconds !== undefined) return message("pass", "No clauses found", "The model saw none of the clauses that it knows in this document.");
  return message("law", "Not analysed yet", "The loaded model reads the document on this machine and lists its clauses here, the risky ones first.", analyseButton(actions.onAnalyse));
}

const partWords = {
  facts: { icon: "table", none: "No facts found", later: "Parties, dates, amounts, terms and governing law are found by patterns when the document is analysed. An instruct model finds more." },
  obligations: { icon: "checklist", none: "No obligations found", later: "Who must do what by when, and what is unusual, is found by patterns when the document is analysed. An instruct model finds more." },
  summary: { icon: "note", none: "No summary yet", later: "An instruct model sums the document up in a few points. Each links to the passages that it rests on." },
} as const satisfies Record<WrittenPart, { icon: string; none: string; later: string }>;

/** What stands in the place of a part that has nothing to show. */
export function partEmptyState(snapshot: AnalysisSnapshot, part: WrittenPart, onAnalyse: () => void): HTMLElement {
  const { icon: name, none, later } = partWords[part];
  if (!snapshot.document) return noDocument();
  if (snapshot.progress) return message("search", "Reading…", "What is found appears here, part by part.");
  const analysed = part === "summary" || snapshot[part] !== undefined;
  return message(name, analysed ? none : "Not read yet", later, analysed ? undefined : analyseButton(onAnalyse));
}

function noDocument(): HTMLElement {
  return message("file", "No document is open", "Open a contract as a text or Markdown file, then analyse it here.");
}

function analyseButton(onAnalyse: () => void): Button {
  return new Button({ label: "Analyse Document", appearance: "primary", class: "analyse", onClick: onAnalyse });
}
