import { secondsLeft } from "../../core/progress";
import type { TrainPoint } from "../../protocol/compression";
import type { RecipeProgress, RecipeResult, StepResult } from "../../protocol/recipe";
import { mapped } from "./mapped";
import type { StepProgress } from "./stepProgress";

interface Told {
  readonly kind: "progress";
  readonly progress: RecipeProgress;
}

/** Where a recipe stands. */
export class RecipeTeller {
  results: readonly StepResult[] = [];
  original: RecipeResult["original"] | undefined;
  #step = -1;
  #started = performance.now();
  #points: readonly TrainPoint[] | undefined;

  constructor(private readonly steps: number) {}

  begin(step: number): void {
    this.#step = step;
    this.#started = performance.now();
    this.#points = undefined;
  }

  now({ label, fraction, points, tokensPerSecond }: StepProgress): Told {
    this.#points = points ?? this.#points;
    const left = secondsLeft(fraction, (performance.now() - this.#started) / 1000);
    return {
      kind: "progress",
      progress: {
        step: this.#step, steps: this.steps, label, fraction, results: this.results,
        ...(left !== undefined && { secondsLeft: left }),
        ...(this.#points && { points: this.#points }),
        ...(tokensPerSecond !== undefined && { tokensPerSecond }),
        ...(this.original && { original: this.original }),
      },
    };
  }

  /** A part of the step that runs; returns its result. */
  tell<Result>(part: AsyncGenerator<{ readonly progress: StepProgress }, Result>): AsyncGenerator<Told, Result> {
    return mapped(part, ({ progress }) => this.now(progress));
  }
}
