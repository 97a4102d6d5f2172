import type { RowKey, Stake, Task, TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";
import { type Child, h, icon, replace } from "../dom";
import { type Option, Select } from "../select";
import { Button } from "../toolkit";
import { isOpening } from "./rows";

export interface AdviceListeners {
  onQuantize(key: RowKey): void;
  onTask(task: Task, stake: Stake): void;
}

const taskOptions: readonly Option<Task>[] = [
  { value: "analysis", label: "document analysis" },
  { value: "drafting", label: "drafting" },
  { value: "search", label: "search" },
];
const stakeOptions: readonly Option<Stake>[] = [
  { value: "important", label: "important" },
  { value: "draft", label: "draft" },
];

/** "Take Q5_K_M." and why, for what the model is wanted for, with the button that makes it. */
export class AdviceBanner {
  readonly #words = h("p", {});
  readonly #task: Select<Task>;
  readonly #stake: Select<Stake>;
  readonly #button: Button;
  readonly element: HTMLElement;
  #snapshot: TradeoffsSnapshot | undefined;
  #signature = "";

  constructor(private readonly listeners: AdviceListeners) {
    this.#task = new Select("What the model is wanted for", (task) => this.#choose({ task }));
    this.#stake = new Select("How much depends on it", (stake) => this.#choose({ stake }));
    this.#button = new Button({ label: "Quantize", class: "take", onClick: () => this.#quantize() });
    this.element = h(
      "section",
      { class: "advice", "aria-label": "Advice" },
      h("div", { class: "advice-words" }, icon("lightbulb"), this.#words),
      h("div", { class: "advice-for" }, h("span", { class: "dim" }, "For"), this.#task.element, this.#stake.element, this.#button.element),
    );
  }

  update(snapshot: TradeoffsSnapshot, row: TradeoffRow | undefined): void {
    this.#snapshot = snapshot;
    const { advice, task, stake } = snapshot;
    this.#task.update(taskOptions, task);
    this.#stake.update(stakeOptions, stake);
    const busy = snapshot.progress !== undefined || isOpening(snapshot);
    const signature = JSON.stringify([advice, row?.existing, row?.kind, busy]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#button.hidden = !advice || row?.kind === "base";
    this.#button.label = `Quantize to ${advice?.label ?? ""}`;
    this.element.classList.toggle("idle", !advice);
    replace(this.#words, ...(advice ? adviceWords(advice, row?.existing) : [h("span", { class: "dim" }, idleWords(busy))]));
  }

  #choose(change: { readonly task?: Task; readonly stake?: Stake }): void {
    if (this.#snapshot) this.listeners.onTask(change.task ?? this.#snapshot.task, change.stake ?? this.#snapshot.stake);
  }

  #quantize(): void {
    const key = this.#snapshot?.advice?.key;
    if (key) this.listeners.onQuantize(key);
  }
}

function adviceWords(advice: NonNullable<TradeoffsSnapshot["advice"]>, existing: string | undefined): readonly Child[] {
  return [
    h("strong", {}, `Take ${advice.label}.`),
    ` ${advice.sentence}`,
    advice.alternative ? h("span", { class: "dim" }, ` ${advice.alternative}`) : undefined,
    advice.foretold ? h("em", { class: "dim" }, " Foretold, not measured yet.") : undefined,
    existing ? h("span", { class: "dim", title: existing }, " It already stands beside the model.") : undefined,
  ];
}

function idleWords(busy: boolean): string {
  return busy ? "Advice follows as soon as a level is estimated or measured." : "Tick levels below and measure them: Decant then says which one to take, and why.";
}
