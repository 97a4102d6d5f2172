import type { Fit } from "../src/protocol/panels";
import { h, icon } from "./dom";

const fits = {
  gpu: { icon: "pass-filled", words: "GPU", class: "good", title: "Runs wholly on the GPU" },
  partial: { icon: "color-mode", words: "Part GPU", class: "fair", title: "Some layers run on the GPU, the others in memory" },
  ram: { icon: "pass", words: "RAM", class: "good", title: "Runs in memory, on the processor" },
  tight: { icon: "warning", words: "Tight", class: "fair", title: "Runs in memory with little to spare" },
  no: { icon: "error", words: "Too large", class: "poor", title: "Does not fit into this machine's memory" },
} as const satisfies Record<Fit, { icon: string; words: string; class: string; title: string }>;

/** Where a model runs: a sign and its words, or those that say it more exactly. */
export function fitMark(fit: Fit, exactly?: string): HTMLElement {
  const { icon: name, words, class: tone, title } = fits[fit];
  return h("span", { class: "with-icon", title }, icon(name, tone), exactly ?? words);
}
