import type { ShownFinding } from "../../src/protocol/panels";
import { h, icon } from "../dom";
import { badge } from "../toolkit";
import type { Row } from "./rows";
import { severityIcon, severityName } from "./severityIcon";
import { quoted, sureWords } from "./words";

/** One passage: its category, words, where it stands and how sure the model is; the reason shows while it is selected. */
export function findingItem({ finding, nested, selected }: Extract<Row, { kind: "finding" }>): HTMLElement {
  const { category, severity, line, quote, why, byHand } = finding;
  const sure = byHand ? "marked by hand" : `probability ${sureWords(finding.probability)}`;
  const words = quoted(quote);
  const reject = byHand ? "Take the mark away" : "Not a clause";
  return h(
    "div",
    {
      class: ["finding", nested && "nested", selected && "selected"].filter(Boolean).join(" "),
      role: "treeitem",
      tabindex: -1,
      "aria-level": nested ? 2 : 1,
      "aria-selected": String(selected),
      "aria-keyshortcuts": "Delete",
      "aria-label": `${severityName(severity)}: ${category}, line ${line}, ${sure}. ${words}${selected ? ` ${why}` : ""}`,
      "data-id": finding.id,
      "data-severity": severity,
    },
    nested ? undefined : h("div", { class: "finding-name" }, severityIcon(severity), h("span", { class: "ellipsis", title: category }, category)),
    h("div", { class: "finding-facts" }, byHand ? handMark() : probabilityBar(finding), h("span", { class: "line" }, `line ${line}`)),
    h(
      "div",
      { class: "finding-words" },
      h("div", { class: "quote", title: words }, words),
      h("button", { class: "link reject", type: "button", tabindex: -1, title: `${reject} (Delete)` }, byHand ? "Remove mark" : "Not a clause"),
    ),
    selected ? h("div", { class: "why" }, why) : undefined,
  );
}

export function categoryItem({ group, expanded }: Extract<Row, { kind: "category" }>): HTMLElement {
  const { category, severity, count } = group;
  return h(
    "div",
    {
      class: "category",
      role: "treeitem",
      tabindex: -1,
      "aria-level": 1,
      "aria-expanded": String(expanded),
      "aria-label": `${severityName(severity)}: ${category}, ${count} ${count === 1 ? "finding" : "findings"}`,
      "data-category": category,
    },
    icon(expanded ? "chevron-down" : "chevron-right"),
    severityIcon(severity),
    h("span", { class: "category-name ellipsis", title: category }, category),
    badge(String(count)),
  );
}

function probabilityBar({ probability }: ShownFinding): HTMLElement {
  const percent = Math.round(100 * Math.min(1, Math.max(0, probability)));
  return h(
    "span",
    { class: "probability", title: `Probability ${sureWords(probability)}` },
    h("span", { class: "probability-bar" }, h("i", { style: { width: `${percent}%` } })),
    h("span", { class: "probability-words" }, sureWords(probability)),
  );
}

function handMark(): HTMLElement {
  return h("span", { class: "probability by-hand", title: "You marked this passage as a clause" }, icon("account"), "by hand");
}
