import type { Risk } from "../../src/protocol/documents";
import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { Changed } from "../changed";
import { h, replace, spoken } from "../dom";
import { LongList } from "../longList";
import { partEmptyState } from "./emptyState";
import { PlaceTable } from "./placeTable";
import { type OnPlace, placeButton, sourceMark, unverifiedTag } from "./quotes";
import { severityIcon, severityName } from "./severityIcon";
import { groupObligations, sortRisks } from "./statements";
import { WrittenBar, type WrittenListeners } from "./writtenBar";

/** What is unusual or dangerous, and who must do what by when. */
export class ObligationsTab {
  readonly #bar: WrittenBar;
  readonly #riskItems = h("ul", {});
  readonly #riskList: LongList<Risk>;
  readonly #riskCount = h("span", { class: "dim" });
  readonly #risks: HTMLElement;
  readonly #heading = h("h2", {}, "Obligations");
  readonly #table: PlaceTable;
  readonly #empty = h("div", { class: "empty-frame" });
  readonly #changed = new Changed();
  readonly element: HTMLElement;

  constructor(private readonly listeners: WrittenListeners & { onPlace: OnPlace; onAnalyse(): void }) {
    this.#bar = new WrittenBar("obligations", "Read", listeners);
    this.#riskList = new LongList<Risk>(this.#riskItems, (_, index) => String(index), (risk) => riskItem(risk, listeners.onPlace));
    this.#risks = h("section", { class: "risks", "aria-label": "Risks" }, h("h2", {}, "Risks ", this.#riskCount), this.#riskItems, this.#riskList.more);
    this.#table = new PlaceTable("Obligations by party", ["What", "By when"], "obligation", listeners.onPlace);
    this.#table.element.classList.add("obligations");
    this.element = h("div", { class: "tab-body" }, this.#bar.element, h("div", { class: "scroll" }, this.#empty, this.#risks, this.#heading, this.#table.element));
  }

  update(snapshot: AnalysisSnapshot): void {
    const { risks = [], obligations = [] } = snapshot;
    this.#bar.update(snapshot, [...risks, ...obligations].some(({ source }) => source === "model"));
    const empty = risks.length + obligations.length === 0;
    replace(this.#empty, empty ? partEmptyState(snapshot, "obligations", this.listeners.onAnalyse) : undefined);
    if (!this.#changed.since([risks, obligations])) return;
    this.#risks.hidden = risks.length === 0;
    this.#riskCount.textContent = String(risks.length);
    this.#riskList.update(sortRisks(risks));
    this.#heading.hidden = obligations.length === 0;
    this.#table.update(groupObligations(obligations).map(({ title, items }) => ({ title, items: items.map(({ what, when, quote, source }) => ({ first: what, second: when ?? "", quote, source })) })));
  }
}

function riskItem({ what, reason, severity, quote, source }: Risk, onPlace: OnPlace): HTMLElement {
  const found = quote.match !== "none";
  return h(
    "li",
    {
      class: found ? "risk" : "risk unverified",
      "data-severity": severity,
      on: { click: (event) => { if (found && !(event.target instanceof Element && event.target.closest("button"))) onPlace(quote.start, quote.end); } },
    },
    severityIcon(severity),
    h("div", { class: "risk-words" }, spoken(`${severityName(severity)}: `), h("strong", {}, what), h("p", { class: "dim" }, reason)),
    h("div", { class: "where" }, h("div", {}, unverifiedTag(quote), placeButton(quote, onPlace), sourceMark(source))),
  );
}
