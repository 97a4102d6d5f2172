import { h, icon } from "../dom";

const examples = ["llama 3.2 3b instruct", "qwen2.5 coder 7b", "gemma 3 4b it", "mistral 7b instruct"];

/** Before the first search: what can be searched, and that nothing was sent so far. */
export function emptyState(onExample: (query: string) => void): HTMLElement {
  return h(
    "div",
    { class: "empty" },
    icon("cloud-download"),
    h("strong", {}, "Search for a model by its name, family or owner"),
    h("p", { class: "dim" }, "You see its files with size, licence and whether each fits this machine, before anything is downloaded. Nothing is sent before you search; then only the words that you search for."),
    h("div", { class: "examples", role: "group", "aria-label": "Examples" }, ...examples.map((query) => h("button", { class: "link", type: "button", on: { click: () => onExample(query) } }, query))),
  );
}
