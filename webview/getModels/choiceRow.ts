import type { Download, HubChoice } from "../../src/protocol/hub";
import { type Child, h, icon, spoken } from "../dom";
import { fitMark } from "../fitMark";
import { formatBits, formatBytes, formatCount, missing, plural } from "../format";
import { Button, progressRing, tag } from "../toolkit";
import { canCheck, memoryOf } from "./choices";

/** All that a row draws from: rows of equal lines are not drawn again. */
export interface ChoiceLine {
  readonly choice: HubChoice;
  readonly advised: boolean;
  readonly reading: boolean;
  readonly state?: Download["state"];
}

export interface ChoiceListeners {
  onGet(choice: string): void;
  onCheck(choice: string): void;
}

const roleWords = { projector: "projector", adapter: "adapter" } as const;
const stateWords = { waiting: "Waiting", running: "Downloading", paused: "Paused", checking: "Checking", done: "Downloaded" } as const;

export function choiceRow(line: ChoiceLine, listeners: ChoiceListeners): HTMLElement {
  const { choice, advised } = line;
  const { label, bytes, files, role, problem, fit } = choice;
  const marks = h("span", { class: "tags" }, advised ? tag("take this", "The largest that runs well on this machine") : undefined, role === "model" ? undefined : tag(roleWords[role]));
  const parts = files.length > 1 ? h("span", { class: "under dim" }, plural(files.length, "file")) : undefined;
  return h(
    "tr",
    { class: advised ? "advised" : "", "data-key": choice.id, tabindex: -1 },
    h("th", { scope: "row", class: "label", title: files.map(({ path }) => path).join("\n") }, h("span", { class: "label-words" }, h("strong", { class: "foreign" }, label), marks), headerWords(choice), alikeWords(choice)),
    h("td", { class: "numeric" }, h("span", { title: `${formatCount(bytes)} bytes` }, formatBytes(bytes)), parts),
    ...(problem ? [h("td", { class: "dim foreign", colspan: 3 }, problem)] : [h("td", {}, fit ? fitMark(fit) : missing), h("td", { class: "memory" }, ...memoryCell(line, listeners)), h("td", { class: "action" }, action(line, listeners))]),
  );
}

function headerWords({ header }: HubChoice): Child {
  if (!header) return undefined;
  const words = [`${formatCount(header.contextLength)} tokens of context`, `${formatBits(header.bitsPerWeight)} bits per weight`, header.hasChatTemplate ? "chat template" : "no chat template", header.license];
  return h("span", { class: "under dim foreign" }, words.filter(Boolean).join(" · "));
}

/** Only a hint: it may be another model. */
function alikeWords({ here, alike }: HubChoice): Child {
  if (here !== undefined || alike === undefined) return undefined;
  return h("span", { class: "under dim", title: alike }, "A model of this name and size is on this machine");
}

/** From the size alone it is a guess, slanted and with a tilde; from the header it is what the estimate gives. */
function memoryCell({ choice, reading }: ChoiceLine, listeners: ChoiceListeners): readonly Child[] {
  const bytes = memoryOf(choice);
  const words = bytes === undefined ? missing : choice.header ? h("span", { title: "From its own header" }, formatBytes(bytes, 1)) : h("em", { title: "A guess from the size, without its own header" }, `~${formatBytes(bytes, 1)}`, spoken(" guessed"));
  if (reading) return [words, h("span", { class: "with-icon dim", role: "status" }, progressRing(), spoken("reading the header"))];
  if (!canCheck(choice)) return [words];
  return [words, h("button", { class: "link check", type: "button", title: "Reads the header of the file, some megabytes at most", "aria-label": `Check exact memory of ${choice.label}`, on: { click: () => listeners.onCheck(choice.id) } }, "Check")];
}

function action({ choice, advised, state }: ChoiceLine, listeners: ChoiceListeners): Child {
  if (choice.here !== undefined) return h("span", { class: "with-icon", title: choice.here }, icon("check", "good"), "Already here");
  if (state && state !== "failed") return h("span", { class: "with-icon dim" }, icon(state === "done" ? "check" : "cloud-download"), stateWords[state]);
  const button = new Button({ label: "Get", appearance: advised ? "primary" : "secondary", class: "small get", onClick: () => listeners.onGet(choice.id) });
  button.element.setAttribute("aria-label", `Get ${choice.label}, ${formatBytes(choice.bytes)}`);
  return button.element;
}
