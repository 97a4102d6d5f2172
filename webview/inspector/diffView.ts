import type { ModelFile } from "../../src/protocol/model";
import type { InspectionDiff, TensorRow } from "../../src/protocol/modelPanels";
import { type Child, h, icon, replace, spoken } from "../dom";
import { formatBytes, formatShare, plural } from "../format";
import { LongList } from "../longList";
import { Button } from "../toolkit";
import { type Change, byteChange, changeOf, diffSummary, searchDiff } from "./diffSummary";
import { fileName } from "./lineage";
import { comparedLines } from "./metadataRows";
import { shapeWords } from "./tensorGroups";

type MetadataChange = InspectionDiff["metadata"][number];
type TensorChange = InspectionDiff["tensors"][number];

const marks = {
  added: { icon: "diff-added", words: "only in the second", class: "good" },
  removed: { icon: "diff-removed", words: "only in the first", class: "poor" },
  changed: { icon: "diff-modified", words: "differs", class: "fair" },
} as const satisfies Record<Change, { icon: string; words: string; class: string }>;

/** Ollama's files are named by their hash: its tag says more. */
function shownName({ path, source, name }: ModelFile): string {
  return source === "ollama" && name ? name : fileName(path);
}

/** Two files side by side: what differs, row by row, and how much is the same. */
export class DiffView {
  readonly #summary = h("div", { class: "diff-summary" });
  readonly #metadata = new DiffTable<MetadataChange>("Metadata", "Key", ({ key }) => key, metadataRow);
  readonly #tensors = new DiffTable<TensorChange>("Tensors", "Tensor", ({ name }) => name, tensorRow);
  readonly #close: Button;
  readonly element: HTMLElement;

  constructor(onClose: () => void) {
    this.#close = new Button({ label: "Close Comparison", icon: "close", class: "small", onClick: onClose });
    this.element = h("section", { class: "diff", "aria-label": "Comparison" }, this.#summary, h("div", { class: "diff-tables" }, this.#metadata.element, this.#tensors.element));
  }

  update(diff: InspectionDiff | undefined, query: string): void {
    if (!diff) return;
    const { bytes, share, types } = diffSummary(diff);
    const names = { first: shownName(diff.first), second: shownName(diff.second) };
    replace(
      this.#summary,
      h("div", { class: "diff-files" }, fileCard(names.first, diff.first.bytes), icon("arrow-right"), fileCard(names.second, diff.second.bytes), h("strong", { class: "diff-bytes" }, `${signed(bytes)} (${formatShare(share, 0)} of the first)`), this.#close.element),
      h("div", { class: "diff-types dim" }, ...types.map(({ from, to, count, bytes: change }) => h("span", {}, `${plural(count, "tensor")} ${from} → ${to}, ${signed(change)}`))),
    );
    const found = searchDiff(diff, query);
    this.#metadata.update(found.metadata, diff.metadata.length, diff.same.metadata, names);
    this.#tensors.update(found.tensors, diff.tensors.length, diff.same.tensors, names);
  }
}

class DiffTable<T extends { readonly first?: unknown; readonly second?: unknown }> {
  readonly #body = h("tbody", {});
  readonly #rows: LongList<T>;
  readonly #counts = h("span", { class: "dim" });
  readonly #first = h("th", { scope: "col" });
  readonly #second = h("th", { scope: "col" });
  readonly #frame: HTMLElement;
  readonly element: HTMLElement;

  constructor(title: string, keyTitle: string, keyOf: (item: T) => string, row: (item: T) => HTMLElement) {
    this.#rows = new LongList<T>(this.#body, keyOf, row);
    const head = h("tr", {}, h("th", { scope: "col" }, keyTitle), this.#first, this.#second);
    this.#frame = h("div", { class: "table-frame" }, h("table", { class: "diff-table" }, h("thead", {}, head), this.#body), this.#rows.more);
    this.element = h("section", { "aria-label": title }, h("h2", {}, title, " ", this.#counts), this.#frame);
  }

  update(found: readonly T[], different: number, same: number, names: { readonly first: string; readonly second: string }): void {
    this.#rows.update(found);
    this.#counts.textContent = `${found.length === different ? different : `${found.length} of ${different}`} different, ${same} the same`;
    this.#frame.hidden = found.length === 0;
    for (const [header, name] of [[this.#first, names.first], [this.#second, names.second]] as const) {
      header.textContent = name;
      header.title = name;
    }
  }
}

function metadataRow({ key, first, second }: MetadataChange): HTMLElement {
  return h("tr", {}, keyCell(key, changeOf({ first, second })), ...comparedLines(first, second).map((words) => h("td", { class: "foreign" }, words)));
}

function tensorRow({ name, first, second }: TensorChange): HTMLElement {
  const change = first && second ? byteChange(first, second) : 0;
  return h("tr", {}, keyCell(name, changeOf({ first, second })), tensorCell(first), tensorCell(second, change));
}

function keyCell(key: string, change: Change): HTMLElement {
  const { icon: name, words, class: tone } = marks[change];
  return h("th", { scope: "row", class: "key foreign", title: words }, h("span", { class: "with-mark" }, icon(name, tone), spoken(words), h("span", {}, key)));
}

function tensorCell(tensor: TensorRow | undefined, change = 0): HTMLElement {
  if (!tensor) return h("td", { class: "dim" }, "–");
  const words: readonly Child[] = [tensor.type, h("span", { class: "dim" }, ` ${shapeWords(tensor.shape)} · ${formatBytes(tensor.bytes)}${change === 0 ? "" : ` (${signed(change)})`}`)];
  return h("td", {}, ...words);
}

function fileCard(name: string, bytes: number): HTMLElement {
  return h("span", { class: "diff-file" }, h("strong", { class: "ellipsis foreign", title: name }, name), h("span", { class: "dim" }, formatBytes(bytes)));
}

function signed(bytes: number): string {
  if (bytes === 0) return "same size";
  return `${bytes > 0 ? "+" : "−"}${formatBytes(Math.abs(bytes))}`;
}
