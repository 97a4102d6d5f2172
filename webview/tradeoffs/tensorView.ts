import type { TensorErrorsTable } from "../../src/protocol/panels";
import { type Child, h, icon, replace } from "../dom";
import { failureSentence } from "../notice";
import { Segmented } from "../segmented";
import { Select } from "../select";
import { Button, progressRing } from "../toolkit";
import { HeatGrid } from "./heatGrid";
import { tensorList, worstList } from "./tensorLists";
import { type Measure, firstType, hurtWords } from "./tensorMap";
import type { TensorChoice } from "./viewState";

export interface TensorListeners {
  tensorErrors(): Promise<TensorErrorsTable>;
  onChoose(choice: TensorChoice): void;
}

const sampling = "Sampling the rows of every tensor…";

/** The view "By tensor": where in the model a type hurts. Asks for its numbers when it is first looked at. */
export class TensorView {
  readonly #type: Select<string>;
  readonly #by: Segmented<Measure>;
  readonly #words = h("p", { class: "hurt" });
  readonly #bar: HTMLElement;
  readonly #grid = new HeatGrid();
  readonly #worst = h("div", { class: "worst" });
  readonly #list = h("div", { class: "tensor-list" });
  readonly #details = h("details", { class: "as-table", on: { toggle: () => this.#showList() } }, h("summary", {}, "All tensors as a table"), this.#list);
  readonly #state = h("div", { class: "tensor-state", role: "status" });
  readonly #body: HTMLElement;
  readonly element: HTMLElement;
  /** What the numbers rest on: model, importance matrix, measured rows. */
  #source: string | undefined;
  #table: TensorErrorsTable | undefined;
  #choice: TensorChoice = { by: "cost" };

  constructor(private readonly listeners: TensorListeners) {
    this.#type = new Select("Type of all tensors", (type) => listeners.onChoose({ ...this.#choice, type }));
    this.#by = new Segmented<Measure>("Colour by", [{ value: "cost", label: "Expected loss", title: "Nats of KL divergence that this tensor alone is expected to cost" }, { value: "error", label: "Relative error", title: "Squared error of the weights, relative to their squares" }], (by) => listeners.onChoose({ ...this.#choice, by }));
    this.#bar = h("div", { class: "form-row" }, h("span", { class: "dim" }, "Where does"), this.#type.element, h("span", { class: "dim" }, "hurt?"), this.#by.element);
    this.#body = h("div", { class: "tensor-body" }, this.#grid.element, this.#worst);
    this.element = h("div", { class: "table-frame tensors", tabindex: -1 }, this.#state, this.#bar, this.#words, this.#body, this.#details);
    this.#showParts(false);
  }

  /** Called while the view is shown; without a source the numbers are still being made. */
  update(source: string | undefined, choice: TensorChoice | undefined): void {
    this.#choice = choice ?? { by: "cost" };
    if (source !== undefined && this.#source !== source) void this.#load(source);
    else if (this.#table) this.#draw();
    else if (source === undefined) this.#say(progressRing(), sampling);
  }

  async #load(source: string): Promise<void> {
    this.#source = source;
    // Older numbers stay on the screen until the new ones are there.
    if (!this.#table) this.#say(progressRing(), sampling);
    try {
      const table = await this.listeners.tensorErrors();
      if (this.#source !== source) return;
      this.#table = table;
      this.#say();
      this.#draw();
    } catch (error) {
      if (this.#source !== source) return;
      this.#table = undefined;
      this.#showParts(false);
      const again = new Button({ label: "Try again", onClick: () => void this.#load(source) });
      this.#say(icon("error", "severity-error"), failureSentence(error) ?? "Stopped.", again.element);
    }
  }

  #draw(): void {
    const table = this.#table;
    if (!table) return;
    const wanted = this.#choice.type && table.types.includes(this.#choice.type) ? this.#choice.type : firstType(table.types);
    const type = wanted === undefined ? -1 : table.types.indexOf(wanted);
    if (wanted === undefined || table.tensors.length === 0) {
      this.#say("This model has no tensors that can be quantized.");
      return;
    }
    const { by } = this.#choice;
    this.#showParts(true);
    this.#type.update(table.types.map((name) => ({ value: name, label: name })), wanted);
    this.#by.update(by);
    this.#words.textContent = hurtWords(table, type);
    this.#grid.update(table, type, by);
    replace(this.#worst, ...worstList(table, type, by));
    this.#showList();
  }

  /** The table of hundreds of rows is made only when it is opened. */
  #showList(): void {
    replace(this.#list, ...(this.#table && this.#details.open ? [tensorList(this.#table, this.#choice.by)] : []));
  }

  #showParts(shown: boolean): void {
    for (const part of [this.#bar, this.#words, this.#body, this.#details]) part.hidden = !shown;
  }

  #say(...words: readonly Child[]): void {
    this.#state.hidden = words.length === 0;
    replace(this.#state, ...words);
  }
}
