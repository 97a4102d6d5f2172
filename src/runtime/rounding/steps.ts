import { tensorPlace } from "../../core/gguf/tensorNames";
import type { WorkProgress } from "../../protocol/compression";
import type { RoundingPlan } from "./roundingPlan";

/** How far the work is: one step for the quantizer, and for each group as many for reading as it has matrices. */
export class Steps {
  readonly #all: number;
  #before = 1;
  #group = 0;
  #left = 0;

  constructor(
    private readonly plan: RoundingPlan,
    private readonly report: (progress: WorkProgress) => void,
  ) {
    this.#all = 1 + 2 * plan.groups.flat().length;
  }

  quantizing(share: number, type: string): void {
    this.report({ done: share, all: this.#all, label: `Quantizing to ${type}` });
  }

  reading(share: number): void {
    const matrices = this.plan.groups[this.#group]!.length;
    this.report({ done: this.#before + share * matrices, all: this.#all, label: "Reading the text" });
    this.#left = matrices;
  }

  rounded(name: string): void {
    const matrices = this.plan.groups[this.#group]!.length;
    this.#left--;
    this.report({ done: this.#before + 2 * matrices - this.#left, all: this.#all, label: `Rounding block ${tensorPlace(name).block}` });
    if (this.#left > 0) return;
    this.#before += 2 * matrices;
    this.#group++;
  }
}
