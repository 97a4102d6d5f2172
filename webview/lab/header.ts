import { longestName, ranges } from "../../src/core/recipes/limits";
import type { LabSnapshot } from "../../src/protocol/labPanel";
import { h } from "../dom";
import { plural } from "../format";
import { Select } from "../select";
import { Button } from "../toolkit";
import { numberField } from "./controls";
import { Field } from "./field";
import { ruleOf } from "./fieldValues";
import { Menu } from "./menu";
import { fileName, modelLabel } from "./words";

export interface HeaderListeners {
  onModel(path: string): void;
  onBrowse(): void;
  onText(): void;
  onName(name: string): void;
  onSeed(seed: number): void;
  onPreset(id: string): void;
  onOpen(): void;
  onSave(): void;
}

/** The recipe by its name and file, and the model and the text that it is run on. */
export class Header {
  readonly #name: Field<string>;
  readonly #file = h("span", { class: "dim ellipsis recipe-file" });
  readonly #presets: Menu;
  readonly #save: Button;
  readonly #open: Button;
  readonly #model: Select<string>;
  readonly #browse: Button;
  readonly #text: Button;
  readonly #words = h("span", { class: "dim" });
  readonly #seed;
  readonly element: HTMLElement;

  constructor(listeners: HeaderListeners) {
    this.#name = new Field<string>({
      label: "Name of the recipe", title: "Name of the recipe", width: 30, show: (name) => name ?? "", onChange: (name = "") => listeners.onName(name),
      read: (text) => (text.trim() === "" ? { problem: "A recipe needs a name." } : text.trim().length > longestName ? { problem: `At most ${longestName} characters.` } : { value: text.trim() }),
    });
    this.#name.element.classList.add("recipe-name");
    this.#presets = new Menu({ label: "Presets", icon: "lightbulb-autofix" }, listeners.onPreset);
    this.#open = new Button({ label: "Open…", icon: "folder-opened", title: "Open a recipe file (*.decant.json)", onClick: listeners.onOpen });
    this.#save = new Button({ label: "Save", icon: "save", title: "Save the recipe as a file", onClick: listeners.onSave });
    this.#model = new Select("Model", listeners.onModel, "The model that the recipe is run on");
    this.#model.element.classList.add("model-choice");
    this.#browse = new Button({ label: "Browse…", class: "small", title: "Choose a GGUF file", onClick: listeners.onBrowse });
    this.#text = new Button({ label: "", class: "small choose-text", onClick: listeners.onText, menu: true });
    this.#seed = numberField({ label: "Seed", title: "The same recipe with the same seed on the same model and text gives the same result", width: 5, rule: ruleOf(ranges.seed) }, (seed = 1) => listeners.onSeed(seed));
    this.#seed.element.classList.add("beside");
    this.element = h(
      "header",
      {},
      h("div", { class: "header-row" }, h("div", { class: "recipe" }, this.#name.element, this.#file), h("div", { class: "header-actions" }, this.#presets.element, this.#open.element, this.#save.element)),
      h(
        "div",
        { class: "subject-row" },
        h("span", { class: "subject" }, h("span", { class: "dim" }, "Model"), this.#model.element, this.#browse.element),
        h("span", { class: "subject" }, h("span", { class: "dim" }, "Text"), this.#text.element, this.#words),
        this.#seed.element,
      ),
    );
  }

  update({ model, models, text, name, file, changed, seed, presets }: LabSnapshot, locked: boolean): void {
    this.#name.update(name);
    const place = file ? fileName(file) : "not saved yet";
    const words = changed && file ? `${place} · changed` : place;
    if (this.#file.textContent !== words) this.#file.textContent = words;
    this.#file.title = file ?? "";
    this.#file.classList.toggle("changed", changed);
    this.#presets.update(presets.map(({ id, title, detail }) => ({ id, icon: "beaker", title, detail })));
    const others = models.filter(({ path }) => path !== model?.path);
    const choices = [...(model ? [model] : []), ...others].map((choice) => ({ value: choice.path, label: modelLabel(choice) }));
    this.#model.update(model ? choices : [{ value: "", label: choices.length > 0 ? "Choose a model" : "No model found" }, ...choices], model?.path ?? "");
    this.#text.label = text.name;
    this.#text.title = `${text.kind === "folder" ? "The documents of a folder" : text.kind === "document" ? "A document of yours" : "Text that ships with Decant"}: what blocks are ranked on, what is learnt and measured. Choose another.`;
    this.#words.textContent = plural(text.words, "word");
    this.#seed.update(seed);
    for (const control of [this.#presets, this.#open, this.#browse, this.#text]) control.disabled = locked;
    this.#model.element.disabled = locked;
    this.#seed.input.disabled = locked;
    this.#name.input.disabled = locked;
  }
}
