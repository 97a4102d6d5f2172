import type { AnalysisSnapshot, MissingClause } from "../../src/protocol/panels";
import { Changed } from "../changed";
import { h, icon, replace, spoken } from "../dom";
import { severityIcon, severityName } from "./severityIcon";
import { kindSentence, shareSentence } from "./words";

/** "Expected and not found": what contracts of this kind usually have and this one seems to lack; the reason on demand. */
export class MissingClauses {
  readonly element = h("section", { class: "missing", "aria-label": "Expected and not found", tabindex: -1 });
  readonly #changed = new Changed();

  update({ missing, kind }: AnalysisSnapshot): void {
    if (!this.#changed.since([missing, kind])) return;
    this.element.hidden = missing === undefined;
    replace(
      this.element,
      h("h2", {}, "Expected and not found"),
      kind ? h("p", { class: "dim kind" }, kindSentence(kind)) : undefined,
      missing?.length === 0 ? h("p", { class: "dim" }, "Every clause that such contracts usually have was found.") : undefined,
      ...(missing ?? []).map((clause) => missingItem(clause, kind)),
    );
  }

  reveal(): void {
    this.element.scrollIntoView({ block: "start" });
    this.element.querySelector("summary")?.focus({ preventScroll: true });
  }
}

function missingItem({ category, severity, share, why }: MissingClause, kind: AnalysisSnapshot["kind"]): HTMLElement {
  return h(
    "details",
    { class: "missing-clause", "data-severity": severity },
    h(
      "summary",
      {},
      icon("chevron-right", "unfold"),
      severityIcon(severity),
      spoken(`${severityName(severity)}: `),
      h("span", { class: "missing-words" }, h("span", { class: "missing-name" }, category), " ", h("span", { class: "dim share" }, shareSentence(share, kind))),
    ),
    h("p", { class: "dim" }, why),
  );
}
