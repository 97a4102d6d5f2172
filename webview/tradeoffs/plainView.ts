import { type Difficulty, type PlainFigures, compressionFactor, lostAndKept, speedFactor, starThresholds, starsOf } from "../../src/core/fit/plainWords";
import type { RowKey, TradeoffsSnapshot } from "../../src/protocol/panels";
import { type Child, h, icon, replace, spoken } from "../dom";
import { formatBytes, formatKl, formatRate, formatShare, missing } from "../format";
import { Button, tag } from "../toolkit";
import { type PlainRow, plainRows } from "./plainRows";
import { canMeasure } from "./rows";

const difficulties = {
  none: { icon: "pass", words: "Nothing to do", title: "It is the original" },
  easy: { icon: "play", words: "One click", title: "Made here from the original, without a GPU" },
  hard: { icon: "tools", words: "Made elsewhere", title: "Needs other tools and a GPU" },
} as const satisfies Record<Difficulty, { icon: string; words: string; title: string }>;

const headers = [
  { title: "Term", of: "level" },
  { title: "Compression", of: "compression" },
  { title: "Quality", of: "quality" },
  { title: "Speed", of: "speed" },
  { title: "Difficulty", of: "difficulty" },
  { title: "What is kept, what is lost", of: "plain-words" },
] as const;

/**
 * The view "Plain words": what the terms of people's documents mean for this model, each star from a number. A narrow panel
 * stacks the sentence below its row, which takes the table's own roles from it: they are given by name.
 */
export class PlainView {
  readonly #body = h("tbody", { role: "rowgroup" });
  readonly element = h(
    "div",
    { class: "table-frame", tabindex: -1 },
    h(
      "table",
      { class: "plain", role: "table", "aria-label": "Levels in plain words" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...headers.map(({ title, of }) => h("th", { scope: "col", role: "columnheader", class: of }, title)), h("th", { scope: "col", role: "columnheader", class: "action" }, spoken("Action")))),
      this.#body,
    ),
    starLegend(),
  );
  #signature = "";

  constructor(private readonly onQuantize: (key: RowKey) => void) {}

  update(snapshot: TradeoffsSnapshot): void {
    const rows = plainRows(snapshot);
    const signature = JSON.stringify(rows);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const focused = [...this.#body.querySelectorAll("vscode-button")].findIndex((button) => button.contains(document.activeElement));
    replace(this.#body, ...rows.map((row) => this.#line(row)));
    if (focused >= 0) [...this.#body.querySelectorAll<HTMLElement>("vscode-button")][focused]?.focus();
  }

  #line({ term, row, figures, advised }: PlainRow): HTMLElement {
    const original = figures?.isOriginal === true;
    const { icon: name, words, title } = difficulties[original ? "none" : term.difficulty === "none" ? "easy" : term.difficulty];
    const cell = (className: string, ...children: readonly Child[]): HTMLElement => h("td", { class: className, role: "cell" }, ...children);
    const quantize = row && canMeasure(row) ? new Button({ label: "Quantize", class: "row-action", title: `Quantize to ${row.label}`, onClick: () => this.onQuantize(row.key) }) : undefined;
    quantize?.element.setAttribute("aria-label", `Quantize to ${row?.label ?? ""}`);
    return h(
      "tr",
      { class: advised ? "advised" : "", role: "row", "data-term": term.term },
      h("th", { scope: "row", role: "rowheader", class: "level", title: term.meaning }, h("span", { class: "level-name" }, term.term), ...marks(term, row, advised)),
      cell("compression", ...compressionWords(figures)),
      cell("quality", ...(figures ? stars(figures) : [missing])),
      cell("speed", ...speedWords(figures)),
      cell("difficulty", h("span", { class: "with-icon", title }, icon(name), words)),
      cell("plain-words", ...sentences({ term, row, figures, advised })),
      cell("action", quantize?.element),
    );
  }
}

function marks(term: PlainRow["term"], row: PlainRow["row"], advised: boolean): readonly Child[] {
  return [
    row && row.label !== term.term ? h("span", { class: "dim stands-for" }, `= ${row.label}`) : undefined,
    term.difficulty === "hard" ? tag("import") : undefined,
    advised ? tag("take this") : undefined,
  ];
}

function compressionWords(figures: PlainFigures | undefined): readonly Child[] {
  const factor = figures && compressionFactor(figures);
  return factor === undefined ? [missing] : [h("strong", {}, `${factor.toFixed(1)}×`), h("span", { class: "dim under" }, formatBytes(figures?.bytes))];
}

function speedWords(figures: PlainFigures | undefined): readonly Child[] {
  if (!figures?.tokensPerSecond) return [missing];
  const factor = speedFactor(figures);
  return [factor === undefined ? undefined : h("strong", {}, `${factor.toFixed(1)}×`), h("span", { class: "dim under", title: "Tokens written per second" }, `${figures.speedForetold ? "~" : ""}${formatRate(figures.tokensPerSecond)} t/s`)];
}

function stars(figures: PlainFigures): readonly Child[] {
  const count = starsOf(figures);
  if (count === undefined) return [missing];
  const { kl, agreement, isOriginal, foretold } = figures;
  const behind = [...(kl === undefined ? [] : [`KL ${formatKl(kl)}`]), ...(agreement === undefined ? [] : [`same word ${formatShare(agreement)}`])].join(", ");
  const source = isOriginal ? "the original" : `${foretold ? "foretold" : "measured"}: ${behind}`;
  return [
    h(
      "span",
      { class: "stars", title: `${count} of 5, ${source}` },
      ...Array.from({ length: 5 }, (_, index) => icon(index < count ? "star-full" : "star-empty", index < count ? "" : "dim")),
      spoken(`${count} of 5 stars, ${source}`),
    ),
    h(foretold ? "em" : "span", { class: "dim under", "aria-hidden": "true" }, isOriginal ? "" : foretold ? "foretold" : "measured"),
  ];
}

function sentences({ term, row, figures }: PlainRow): readonly Child[] {
  const problem = row?.measured ? undefined : row?.problem ?? row?.size?.problem;
  const count = figures && starsOf(figures);
  const meaning = figures?.isOriginal ? undefined : starThresholds.find((step) => step.stars === count)?.meaning;
  return [
    problem ?? (figures && lostAndKept(figures)) ?? "",
    meaning && !problem ? h("span", {}, ` ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`) : undefined,
    h("span", { class: "dim meaning" }, ` ${term.meaning}`),
  ];
}

function starLegend(): HTMLElement {
  const line = starThresholds.map(({ stars: count, kl, agreement }) => (count === 1 ? "1 below that" : `${count} up to KL ${kl} and from ${Number((100 * agreement).toFixed(1))} % same word`)).join(" · ");
  return h("p", { class: "dim star-legend" }, `Stars, the lower of the two: ${line}.`);
}
