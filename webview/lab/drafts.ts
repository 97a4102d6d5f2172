import type { LabStep } from "../../src/protocol/labPanel";
import type { RecipeStep } from "../../src/protocol/recipe";

interface Draft {
  readonly step: RecipeStep;
  /** Forms that the host may still tell until it knows the draft. */
  readonly before: ReadonlySet<string>;
}

/** Edits that the host does not know yet: they are shown at once, and a snapshot that was on its way does not take them back. */
export class Drafts {
  readonly #drafts = new Map<number, Draft>();

  set(at: number, told: RecipeStep, step: RecipeStep): void {
    const old = this.#drafts.get(at);
    const before = new Set([...(old ? [...old.before, JSON.stringify(old.step)] : []), JSON.stringify(told)]);
    before.delete(JSON.stringify(step));
    this.#drafts.set(at, { step, before });
  }

  clear(at?: number): void {
    if (at === undefined) this.#drafts.clear();
    else this.#drafts.delete(at);
  }

  /**
   * The steps as the person last left them; what the host has taken over, or told otherwise, is a draft no more. Nothing is known
   * yet of what comes of a draft and of the steps after it.
   */
  over(steps: readonly LabStep[]): readonly LabStep[] {
    for (const [at, { before }] of this.#drafts) if (!before.has(JSON.stringify(steps[at]?.step))) this.#drafts.delete(at);
    const first = Math.min(...this.#drafts.keys());
    return steps.map((step, at) => (at < first ? step : { step: this.#drafts.get(at)?.step ?? step.step }));
  }
}
