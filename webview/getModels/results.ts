import type { HubModel } from "../../src/protocol/hub";
import type { GetModelsSnapshot } from "../../src/protocol/modelPanels";
import { type Child, h, icon, replace, spoken } from "../dom";
import { message } from "../emptyMessage";
import { formatCount, formatParameters, plural } from "../format";
import { LongList } from "../longList";
import { tag } from "../toolkit";
import { agoWords, compactCount, formatNames, idParts } from "./words";

interface Item {
  readonly model: HubModel;
  readonly open: boolean;
}

/** What a search found: one button for each repository. */
export class Results {
  readonly #list = h("ul", { class: "results" });
  readonly #items: LongList<Item>;
  readonly #count = h("p", { class: "dim", role: "status" });
  readonly #empty = h("div", { class: "empty-frame" });
  readonly element: HTMLElement;

  constructor(private readonly onOpen: (id: string) => void) {
    this.#items = new LongList<Item>(this.#list, ({ model }) => model.id, (item) => this.#item(item));
    this.element = h("section", { class: "found", "aria-label": "Search results" }, this.#count, this.#list, this.#items.more, this.#empty);
  }

  update({ results = [], query, searching, details, opening }: GetModelsSnapshot): void {
    const open = opening ?? details?.model.id;
    this.#items.update(results.map((model) => ({ model, open: model.id === open })));
    this.#count.hidden = results.length === 0;
    this.#list.hidden = results.length === 0;
    this.#count.textContent = plural(results.length, "model");
    replace(this.#empty, results.length === 0 && !searching ? message("search", "Nothing found", `No repository of this format has the words “${query}”. Fewer words find more.`) : undefined);
  }

  focus(id: string): void {
    [...this.#list.querySelectorAll<HTMLElement>(".result")].find(({ dataset }) => dataset["id"] === id)?.focus();
  }

  #item({ model, open }: Item): HTMLElement {
    const { id, format, gated, private: hidden } = model;
    const [owner, name] = idParts(id);
    return h(
      "li",
      {},
      h(
        "button",
        { class: "result", type: "button", "data-id": id, "aria-current": open ? "true" : undefined, on: { click: () => this.onOpen(id) } },
        h("span", { class: "result-name foreign" }, h("span", { class: "dim" }, owner), h("strong", {}, name)),
        h("span", { class: "result-marks" }, gated ? lock("The owner must let you in first", "gated") : undefined, hidden ? lock("Private", "private") : undefined, tag(formatNames[format])),
        h("span", { class: "result-facts dim" }, ...resultFacts(model)),
      ),
    );
  }
}

/** Weights, downloads, likes, licence and age, as far as they are known. */
export function resultFacts({ parameters, architecture, downloads, likes, license, updated }: HubModel): readonly Child[] {
  const ago = agoWords(updated, Date.now());
  return [
    parameters ? h("span", { title: `${formatCount(parameters)} weights` }, formatParameters(parameters)) : undefined,
    architecture ? h("span", { class: "foreign" }, architecture) : undefined,
    h("span", { class: "with-icon", title: `${formatCount(downloads)} downloads` }, icon("cloud-download"), compactCount(downloads), spoken(" downloads")),
    h("span", { class: "with-icon", title: `${formatCount(likes)} likes` }, icon("heart"), compactCount(likes), spoken(" likes")),
    h("span", { class: "with-icon", title: "Licence" }, icon("law"), spoken("licence "), h("span", { class: "foreign" }, license ?? "not told")),
    ago ? h("span", { title: updated }, ago) : undefined,
  ];
}

function lock(title: string, words: string): HTMLElement {
  return h("span", { class: "with-icon", title }, icon("lock", "fair"), words);
}
