import type { GetModelsSnapshot } from "../../src/protocol/modelPanels";
import { Changed } from "../changed";
import { h, icon, replace } from "../dom";
import { message } from "../emptyMessage";
import { keepFocus } from "../keepFocus";
import { LongList } from "../longList";
import { Button, progressRing, tag } from "../toolkit";
import { type ChoiceLine, type ChoiceListeners, choiceRow } from "./choiceRow";
import { downloadOf, orderedChoices, recommendedChoice } from "./choices";
import { resultFacts } from "./results";
import { formatNames, gateWords, idParts } from "./words";

export interface RepositoryListeners extends ChoiceListeners {
  onBack(): void;
  onPage(id: string): void;
  onSignIn(): void;
}

/** The repository that is open: what it is, and its choices with what each needs. */
export class Repository {
  readonly #name = h("h2", { class: "foreign", tabindex: -1 });
  readonly #facts = h("p", { class: "result-facts dim" });
  readonly #gate = h("div", { class: "notice warning", hidden: true });
  readonly #gateWords = h("div", {});
  readonly #signIn: Button;
  readonly #body = h("tbody", {});
  readonly #rows: LongList<ChoiceLine>;
  readonly #opening = h("div", { class: "with-icon dim", role: "status" });
  readonly #table: HTMLElement;
  readonly #nothing = h("p", { class: "foreign", role: "status" });
  readonly #content: HTMLElement;
  readonly #none = h("div", { class: "empty-frame" }, message("repo", "Choose a repository", "Its files appear here with what each needs in memory, and whether it fits this machine."));
  readonly #changed = new Changed();
  readonly element: HTMLElement;
  #id = "";

  constructor(listeners: RepositoryListeners) {
    const back = new Button({ label: "Back to the results", appearance: "icon", icon: "arrow-left", class: "back", onClick: listeners.onBack });
    const page = new Button({ label: "Open Page", icon: "link-external", class: "small page", title: "Open its page in the browser", onClick: () => listeners.onPage(this.#id) });
    this.#signIn = new Button({ label: "Sign In…", class: "small", onClick: listeners.onSignIn });
    this.#gate.append(icon("lock", "fair"), this.#gateWords, this.#signIn.element);
    this.#rows = new LongList<ChoiceLine>(this.#body, ({ choice }) => choice.id, (line) => choiceRow(line, listeners));
    const titles = [["Choice", "label"], ["Size", "numeric"], ["Fits", ""], ["Memory", "memory"]] as const;
    const head = h("tr", {}, ...titles.map(([title, name]) => h("th", { scope: "col", class: name }, title)), h("th", { scope: "col", class: "action" }, h("span", { class: "spoken" }, "Action")));
    const table = h("table", { class: "choices", "aria-label": "Choices" }, h("thead", {}, head), this.#body);
    this.#table = h("div", { class: "table-frame" }, table, this.#rows.more);
    this.#content = h("div", { class: "repository-content" }, this.#facts, this.#gate, this.#table, this.#nothing);
    this.element = h("section", { class: "repository", "aria-label": "Repository" }, h("div", { class: "repository-head" }, back.element, this.#name, page.element), this.#opening, this.#content, this.#none);
  }

  update({ details, opening, reading, downloads, signedIn }: GetModelsSnapshot): void {
    const id = opening ?? details?.model.id ?? "";
    const ready = details !== undefined && details.model.id === id;
    this.#id = id;
    this.element.dataset["open"] = String(id !== "");
    this.#none.hidden = id !== "";
    this.#content.hidden = !ready;
    this.#opening.hidden = opening === undefined;
    replace(this.#opening, progressRing(), "Reading what it holds…");
    if (this.#changed.since([id, details?.model])) {
      const [owner, name] = idParts(id);
      replace(this.#name, h("span", { class: "dim" }, owner), name, " ", ready ? tag(formatNames[details.model.format]) : undefined);
      replace(this.#facts, ...(ready ? resultFacts(details.model) : []));
    }
    if (!ready) return;
    const gate = gateWords(details.model, signedIn);
    this.#gate.hidden = gate === undefined;
    this.#gateWords.textContent = gate ?? "";
    this.#signIn.hidden = signedIn;
    this.#table.hidden = details.choices.length === 0;
    this.#nothing.hidden = details.choices.length > 0;
    this.#nothing.textContent = `${id} has no GGUF files and no safetensors checkpoint.`;
    const advised = recommendedChoice(details.choices);
    const lines = orderedChoices(details.choices).map((choice): ChoiceLine => ({ choice, advised: choice === advised, reading: reading.includes(choice.id), state: downloadOf(downloads, details, choice)?.state }));
    keepFocus(this.#body, () => this.#rows.update(lines));
  }

  focus(): void {
    this.#name.focus();
  }
}
