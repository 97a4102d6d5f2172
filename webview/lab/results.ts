import type { LabSnapshot } from "../../src/protocol/labPanel";
import { Changed } from "../changed";
import { h, icon, replace } from "../dom";
import { formatBits, formatBytes, formatError, formatKl, formatPerplexity, formatSeconds, formatShare, missing } from "../format";
import { Button } from "../toolkit";
import { type PathRow, measuredWords, pathPoints, pathRows, pathWords } from "./pathPoints";
import { drawPath } from "./pathPlot";
import { PlotFrame } from "./plotFrame";
import { ScrolledTable } from "./scrolledTable";

/** Before and after: what each step made of the model, as a path and as numbers. */
export class Results {
  readonly #export: Button;
  readonly #words = h("p", { class: "path-words" });
  readonly #frame = new PlotFrame({ reach: 28 });
  readonly #empty = h("div", { class: "figure-empty" }, icon("graph-line"), h("strong", {}, "The way from the original to the result"), h("span", { class: "dim" }, "Every step is measured against the original: its size across, its difference up. Run the recipe to see it."));
  readonly #body = h("tbody", {});
  readonly #measured = h("p", { class: "figure-note dim" });
  readonly #changed = new Changed();
  readonly element: HTMLElement;

  constructor(onExport: () => void) {
    this.#export = new Button({ label: "Export report", class: "small", title: "As Markdown, CSV or JSON", menu: true, onClick: onExport });
    const heads = [["Step", ""], ["Size", "numeric"], ["Bits", "numeric bits"], ["KL", "numeric"], ["Same word", "numeric"], ["Perplexity", "numeric"], ["Clause F1", "numeric f1"], ["Time", "numeric time"]] as const;
    this.element = h(
      "section",
      { class: "card figure results", "aria-label": "Before and after" },
      h("div", { class: "card-head" }, h("h2", {}, "Before and after"), h("span", { class: "grow" }), this.#export.element),
      this.#words,
      this.#frame.element,
      this.#empty,
      h(
        "div",
        { class: "table-part" },
        new ScrolledTable("Before and after", h("table", {}, h("thead", {}, h("tr", {}, ...heads.map(([name, tone]) => h("th", { scope: "col", class: tone || undefined }, name)))), this.#body)).element,
        this.#measured,
      ),
    );
  }

  update(snapshot: LabSnapshot): void {
    const rows = pathRows(snapshot);
    const points = pathPoints(rows);
    const drawn = points.length > 1;
    this.#export.hidden = !snapshot.steps.some(({ result }) => result);
    this.#empty.hidden = drawn;
    this.#frame.element.hidden = !drawn;
    const words = pathWords(points) ?? "";
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#words.hidden = words === "";
    if (drawn) this.#frame.update(points, (width, height) => drawPath(points, width, height));
    const measured = measuredWords(snapshot) ?? "";
    if (this.#measured.textContent !== measured) this.#measured.textContent = measured;
    this.#measured.hidden = measured === "";
    this.element.classList.toggle("without-f1", rows.every(({ clauseF1 }) => clauseF1 === undefined));
    if (this.#changed.since(rows)) replace(this.#body, ...rows.map((row, index) => tableRow(row, index === rows.length - 1 && index > 0)));
  }
}

function tableRow(row: PathRow, last: boolean): HTMLElement {
  const { step, title, bytes, foretold, measured, clauseF1, seconds, passed, kept } = row;
  const cell = (words: string, extra = "", told = false): HTMLElement => h("td", { class: `numeric ${extra}`.trim() }, words === missing ? h("span", { class: "dim" }, words) : told ? h("em", { class: "dim" }, `~${words}`) : words);
  const estimated = (words: string, error: number | undefined): HTMLElement => {
    if (words === missing || !error) return cell(words);
    return h("td", { class: "numeric", title: `Standard error ${formatError(error)}` }, words, " ", h("small", { class: "error dim" }, `± ${formatError(error)}`));
  };
  return h(
    "tr",
    { class: last ? (foretold ? "last foretold" : "last") : undefined },
    h("th", { scope: "row", title: row.path ?? title }, h("span", { class: "row-title" }, step < 0 ? undefined : h("span", { class: "dim" }, String(step + 1)), h("span", { class: "ellipsis" }, title), passed === false ? h("span", { class: "poor", title: "Gate not passed" }, icon("error"), h("span", { class: "spoken" }, "gate not passed")) : undefined)),
    cell(formatBytes(bytes), "", foretold),
    cell(formatBits(measured?.bitsPerWeight), "bits"),
    step < 0 && measured ? cell("0") : estimated(formatKl(measured?.kl?.mean), measured?.kl?.error),
    cell(step < 0 && measured ? "100 %" : formatShare(measured?.top1Agreement)),
    estimated(formatPerplexity(measured?.perplexity.value), measured?.perplexity.error),
    cell(clauseF1 === undefined ? missing : clauseF1.toFixed(3), "f1"),
    cell(kept ? "kept" : seconds === undefined ? missing : formatSeconds(seconds), "time", foretold),
  );
}
