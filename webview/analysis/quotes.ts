import type { Quote, Source } from "../../src/protocol/documents";
import { h, icon, spoken } from "../dom";
import { tag } from "../toolkit";
import { quoted } from "./words";

/** Shows a place of the document. */
export type OnPlace = (start: number, end: number) => void;

const matchNotes = { exact: "", blanks: "", fuzzy: " (nearly these words)" } as const;

/** Marks a statement whose words were not found. */
export function unverifiedTag(quote: Quote): HTMLElement | undefined {
  return quote.match === "none" ? tag("unverified", `These words were not found in the text: ${quoted(quote.text)}`) : undefined;
}

/** The way to the words that a statement rests on, where they were found. */
export function placeButton(quote: Quote, onPlace: OnPlace): HTMLElement | undefined {
  if (quote.match === "none") return undefined;
  const { start, end } = quote;
  const words = `Go to ${quoted(quote.text)}${matchNotes[quote.match]}`;
  return h("button", { class: "place", type: "button", title: words, on: { click: () => onPlace(start, end) } }, icon("go-to-file"), spoken(words));
}

/** The words themselves: a click goes to them. Those not found are struck out and say so. */
export function quoteBlock(quote: Quote, onPlace: OnPlace): HTMLElement {
  if (quote.match === "none") {
    return h("blockquote", { class: "quoted missing-quote" }, h("s", {}, quoted(quote.text)), h("span", { class: "not-found" }, icon("warning", "severity-warning"), "not found in the text"));
  }
  const { start, end } = quote;
  return h(
    "blockquote",
    { class: "quoted" },
    h("button", { class: "quote-link", type: "button", title: `Go to this passage${matchNotes[quote.match]}`, on: { click: () => onPlace(start, end) } }, quoted(quote.text)),
  );
}

const sources = {
  patterns: { icon: "regex", words: "Found in the text by patterns" },
  model: { icon: "sparkle", words: "Read by the model" },
} as const satisfies Record<Source, { icon: string; words: string }>;

export function sourceMark(source: Source): HTMLElement {
  const { icon: name, words } = sources[source];
  return h("span", { class: "source", title: words }, icon(name), spoken(words));
}
