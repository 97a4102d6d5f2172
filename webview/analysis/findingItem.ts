import type { ShownFinding } from "../../src/protocol/panels";
import { h, icon } from "../dom";
import { formatShare } from "../format";
import { badge } from "../toolkit";
import type { CategoryGroup } from "./grouping";
import { severityIcon, severityName } from "./severityIcon";

/** One passage: its words, where it stands and how sure the model is; the reason shows while it is selected. */
export function findingItem(finding: ShownFinding, selected: boolean): HTMLElement {
  const probability = formatShare(finding.probability, 0);
  return h(
    "div",
    {
      class: selected ? "finding selected" : "finding",
      role: "treeitem",
      tabindex: -1,
      "aria-level": 2,
      "aria-selected": String(selected),
      "aria-label": `${severityName(finding.severity)}: ${finding.category}, line ${finding.line}, probability ${probability}. ${finding.quote}${selected ? ` ${finding.why}` : ""}`,
      "data-id": finding.id,
      "data-severity": finding.severity,
    },
    h("div", { class: "quote", title: finding.quote }, `“${finding.quote}”`),
    h(
      "div",
      { class: "finding-facts" },
      h("span", { class: "line" }, `line ${finding.line}`),
      h("span", { class: "probability", title: `Probability ${formatShare(finding.probability)}` }, h("span", { class: "probability-bar" }, h("i", { style: { width: `${Math.round(100 * Math.min(1, Math.max(0, finding.probability)))}%` } })), probability),
    ),
    selected ? h("div", { class: "why dim" }, finding.why) : undefined,
  );
}

export function categoryItem(group: CategoryGroup, expanded: boolean, items: readonly HTMLElement[]): HTMLElement {
  const count = group.findings.length;
  return h(
    "div",
    {
      class: "category",
      role: "treeitem",
      tabindex: -1,
      "aria-level": 1,
      "aria-expanded": String(expanded),
      "aria-label": `${severityName(group.severity)}: ${group.category}, ${count} ${count === 1 ? "finding" : "findings"}`,
      "data-category": group.category,
    },
    h(
      "div",
      { class: "category-head" },
      icon(expanded ? "chevron-down" : "chevron-right"),
      severityIcon(group.severity),
      h("span", { class: "category-name ellipsis", title: group.category }, group.category),
      badge(String(count)),
    ),
    expanded ? h("div", { role: "group" }, ...items) : undefined,
  );
}
