import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, icon } from "../dom";
import { Button } from "../toolkit";

export interface EmptyActions {
  onAnalyse(): void;
  onShowAll(): void;
}

/** What stands in the place of the list, and the next thing to do; undefined when the list has something to show. */
export function emptyState(snapshot: AnalysisSnapshot, shown: number, actions: EmptyActions): HTMLElement | undefined {
  if (shown > 0) return undefined;
  if (snapshot.findings.length > 0) return message("filter", "Nothing matches the filter", "", new Button({ label: "Show all findings", onClick: actions.onShowAll }));
  if (snapshot.progress) return message("search", "Reading…", "Findings appear here as they are spotted.");
  if (!snapshot.document) return message("file", "No document is open", "Open a contract as a text or Markdown file, then analyse it here.");
  if (snapshot.seconds !== undefined) return message("pass", "No clauses found", "The model saw none of the clauses that it knows in this document.");
  return message(
    "law",
    "Not analysed yet",
    "The loaded model reads the document on this machine and lists its clauses here, the risky ones first.",
    new Button({ label: "Analyse Document", appearance: "primary", class: "analyse", onClick: actions.onAnalyse }),
  );
}

function message(name: string, title: string, words: string, button?: Button): HTMLElement {
  return h("div", { class: "empty" }, icon(name), h("strong", {}, title), words ? h("p", { class: "dim" }, words) : undefined, button?.element);
}
