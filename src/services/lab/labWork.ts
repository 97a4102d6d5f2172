import { stepTitle } from "../../core/recipes/stepWords";
import type { BlockRanking } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { RecipeResult, StepEstimate, StepResult } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { CompressionLabParts, LabMemory } from "./compressionLabParts";
import { LabEstimates } from "./labEstimates";
import { type ChosenGround, groundOfRun, requireTrust } from "./labGround";
import type { TimedWork } from "./labParts";
import { LabRanking } from "./labRanking";
import type { Kept, LabFindings, LabState } from "./labState";
import { learningOf } from "./recipeGround";
import { RunningRecipe } from "./runningRecipe";

export interface LabWorkEvents {
  changed(): void;
  /** A step has made its file. */
  made(result: StepResult): void;
}

/** What the lab does with what is chosen: it estimates it, ranks its blocks and runs it. */
export class LabWork {
  readonly #running: RunningRecipe;
  readonly #estimates: LabEstimates;
  readonly #ranking: LabRanking;
  #hasEnded = false;

  constructor(private readonly parts: CompressionLabParts, private readonly state: LabState, private readonly events: LabWorkEvents) {
    const changed = (): void => events.changed();
    this.#running = new RunningRecipe({ runner: parts.runner, changed, made: (result) => events.made(result) });
    this.#estimates = new LabEstimates((token) => this.#estimate(token), changed, parts.wait);
    this.#ranking = new LabRanking(changed);
  }

  get findings(): LabFindings {
    return { running: this.#running, ranking: this.#ranking, estimates: this.#estimates };
  }

  get isRunning(): boolean {
    return this.#running.isActive;
  }

  /** What was run so far, for a report; undefined before a step has ended. */
  get result(): RecipeResult | undefined {
    return this.state.result(this.#running);
  }

  /** Another choice was made: drops what no longer holds, and estimates the rest anew. */
  keep(kept: Kept): void {
    if (kept === "everything") return;
    if (kept === "nothing") {
      this.#ranking.set(undefined);
      this.#running.clear();
    } else {
      this.#running.keep(kept);
    }
    this.#estimates.request(kept === "nothing" ? 0 : kept);
  }

  /** Takes what an earlier session found out on the same ground. */
  restore({ original, results, ranking }: LabMemory): void {
    this.#running.restore(original, results);
    this.#ranking.set(ranking);
  }

  /** Resolves when the blocks are ranked. */
  async rank(leaveOut: boolean): Promise<void> {
    const chosen = this.#chosen();
    await this.#ranking.make((token) => this.#rank(chosen, leaveOut, token));
  }

  /** Resolves when it is done, paused, stopped or failed. From the first moment on it runs with what is chosen now. */
  async run(): Promise<void> {
    const chosen = this.#chosen();
    const { steps } = chosen.recipe;
    if (steps.length === 0) throw new HumanError("badArgument", "The recipe has no steps yet. Add one, or take a preset.");
    this.#ranking.cancel();
    this.#estimates.stop();
    try {
      await this.#running.start(chosen.recipe, () => groundOfRun(this.parts, chosen));
    } finally {
      if (!this.#hasEnded) this.#estimates.request(steps.length);
    }
  }

  async pause(): Promise<void> {
    await this.#running.pause();
  }

  /** Ends the ranking or the run, and drops what is unfinished. */
  async cancel(): Promise<void> {
    const { model, recipe, text } = this.state;
    if (this.#ranking.fraction !== undefined) this.#ranking.cancel();
    else if (model) {
      this.state.unfinished = undefined;
      await this.#running.cancel(recipe, { model, text, folder: this.parts.folder(model) });
    }
    this.events.changed();
  }

  answer(goOn: boolean): void {
    this.#running.answer(goOn);
  }

  /** Pauses what runs, for good; resolves when nothing of it is half written. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#estimates.stop();
    this.#ranking.cancel();
    await this.#running.pause();
  }

  /** Reads the words that a prune step would, as much of them, so that the chart marks the blocks that it drops. */
  async *#rank(chosen: ChosenGround, leaveOut: boolean, token: CancellationToken): Job<TimedWork, BlockRanking> {
    const { model, text } = chosen;
    await requireTrust(this.parts, chosen);
    if (token.isCancellationRequested) throw HumanError.cancelled();
    yield* this.parts.pruning.rank(model, { name: text.name, text: learningOf(text) }, { leaveOut }, token);
  }

  /** Finds by the way what an earlier session left unfinished. */
  async #estimate(token: CancellationToken): Promise<readonly StepEstimate[]> {
    const { model, recipe, text, obstacle } = this.state;
    if (!model || obstacle !== undefined || recipe.steps.length === 0) return [];
    await requireTrust(this.parts, { model, recipe });
    const left = await this.parts.runner.unfinished(recipe, { model, text, folder: this.parts.folder(model) });
    if (token.isCancellationRequested) return [];
    const step = left && recipe.steps[left.step];
    this.state.unfinished = left && step && { step: left.checkpoint.step, of: left.checkpoint.steps, label: stepTitle(step) };
    this.events.changed();
    return this.parts.runner.estimate(recipe, model, text, token);
  }

  #chosen(): ChosenGround {
    const { recipe, model, text, obstacle } = this.state;
    if (obstacle !== undefined) throw new HumanError("notFound", obstacle);
    if (!model) throw new HumanError("badArgument", "Choose a model first.");
    return { recipe, model, text };
  }
}
