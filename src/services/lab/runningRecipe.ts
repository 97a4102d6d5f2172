import { sizeChange } from "../../core/recipes/sizeChange";
import { stepTitle } from "../../core/recipes/stepWords";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { LabRun } from "../../protocol/labPanel";
import type { CompressionRecipe, RecipeProgress, RecipeResult, StepResult } from "../../protocol/recipe";
import { CancellationTokenSource } from "../../protocol/rpc";
import type { RecipePlace, RecipeRun, RecipeRunner } from "./recipeRunner";

export type Ground = Omit<RecipeRun, "ask">;

interface Question {
  resolve(goOn: boolean): void;
  reject(error: Error): void;
}

interface Current {
  readonly cancellation: CancellationTokenSource;
  /** What is asked for when it is cancelled. */
  ending: "paused" | "stopped";
  /** What was being done then. */
  label: string;
  ended: Promise<void>;
}

export interface RunningParts {
  readonly runner: Pick<RecipeRunner, "run" | "discard">;
  changed(): void;
  /** A step has made its file. */
  made(result: StepResult): void;
}

/** A recipe that runs, one at a time, with what its steps gave so far. */
export class RunningRecipe {
  #picture: LabRun | undefined;
  #results: readonly StepResult[] = [];
  #original: RecipeResult["original"] | undefined;
  #last: Pick<RecipeResult, "seconds" | "notes" | "texts"> | undefined;
  #question: Question | undefined;
  #current: Current | undefined;

  constructor(private readonly parts: RunningParts) {}

  get picture(): LabRun | undefined {
    return this.#picture;
  }

  get results(): readonly StepResult[] {
    return this.#results;
  }

  get original(): RecipeResult["original"] | undefined {
    return this.#original;
  }

  /** Of the whole run that gave the results; undefined where they are another's, or a part of one. */
  get last(): Pick<RecipeResult, "seconds" | "notes" | "texts"> | undefined {
    return this.#last;
  }

  get isActive(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Resolves when it is done, paused, stopped or failed, which the picture tells. Going on is starting again. It is active before
   * `prepare` is called; what that throws is thrown, and leaves everything as it was.
   */
  async start(recipe: CompressionRecipe, prepare: () => Promise<Ground>): Promise<void> {
    if (this.#current) throw new HumanError("failed", "A recipe runs already. Pause or cancel it first.");
    const current: Current = { cancellation: new CancellationTokenSource(), ending: "paused", label: "", ended: Promise.resolve() };
    this.#current = current;
    const run = this.#run(recipe, prepare, current);
    current.ended = run.catch(() => undefined);
    await run;
  }

  /** Keeps what a training has learnt so far. Resolves when nothing runs any more. */
  async pause(): Promise<void> {
    await this.#end("paused", "Pausing");
  }

  /** Drops what a training has learnt so far; files of finished steps stay. */
  async cancel(recipe: CompressionRecipe, place: RecipePlace): Promise<void> {
    await this.#end("stopped", "Cancelling");
    await this.parts.runner.discard(recipe, place);
    if (this.#picture?.state === "paused") this.#show({ state: "stopped" });
  }

  answer(goOn: boolean): void {
    const question = this.#question;
    if (!question) return;
    this.#question = undefined;
    this.#show({ state: "running", question: undefined });
    question.resolve(goOn);
  }

  /** The recipe was changed: only the results of its first steps hold. */
  keep(steps: number): void {
    this.#results = this.#results.slice(0, steps);
    [this.#picture, this.#last] = [undefined, undefined];
  }

  /** Results of an earlier session. */
  restore(original: RecipeResult["original"] | undefined, results: readonly StepResult[]): void {
    [this.#original, this.#results, this.#last] = [original, results, undefined];
  }

  /** Another model or text: nothing holds. */
  clear(): void {
    this.restore(undefined, []);
    this.#picture = undefined;
  }

  async #run(recipe: CompressionRecipe, prepare: () => Promise<Ground>, current: Current): Promise<void> {
    const before = this.#picture;
    this.#picture = { state: "running", step: -1, label: "Checking the recipe", fraction: 0, points: [] };
    this.parts.changed();
    try {
      const ground = await prepare().catch((error: unknown) => {
        this.#picture = before;
        throw error;
      });
      await this.#follow(recipe, ground, current);
    } finally {
      this.#question = undefined;
      this.#current = undefined;
      this.parts.changed();
    }
  }

  async #follow(recipe: CompressionRecipe, ground: Ground, current: Current): Promise<void> {
    const { token } = current.cancellation;
    this.#last = undefined;
    try {
      if (token.isCancellationRequested) throw HumanError.cancelled();
      for await (const event of this.parts.runner.run(recipe, { ...ground, ask: (sentence) => this.#ask(sentence) }, token)) {
        if (event.kind === "progress") this.#progress(event.progress);
        else this.#finish(recipe, event.result);
      }
    } catch (error) {
      if (isCancellation(error) && current.ending === "stopped") this.#show({ state: "stopped", sentence: "Cancelled. Files of finished steps stay where they are." });
      else if (isCancellation(error)) this.#show({ state: "paused", label: current.label });
      else this.#show({ state: "failed", sentence: sentenceOf(error) });
    }
  }

  async #end(ending: "paused" | "stopped", label: string): Promise<void> {
    const current = this.#current;
    if (!current) return;
    if (!current.cancellation.token.isCancellationRequested) current.label = this.#picture?.label ?? "";
    current.ending = ending;
    this.#show({ state: "running", label, secondsLeft: undefined, question: undefined });
    current.cancellation.cancel();
    this.#question?.reject(HumanError.cancelled());
    await current.ended;
  }

  #ask(sentence: string): Promise<boolean> {
    this.#show({ state: "asking", question: sentence });
    return new Promise((resolve, reject) => (this.#question = { resolve, reject }));
  }

  #progress({ step, label, fraction, secondsLeft, points, tokensPerSecond, original, results }: RecipeProgress): void {
    // Words of the end that was asked for stay until it has come.
    if (this.#current?.cancellation.token.isCancellationRequested) return;
    if (original) this.#original = original;
    // When it is gone on with, what was known stands until the run has come to it.
    this.#take([...results, ...this.#results.slice(results.length)]);
    this.#show({ step, label, fraction, secondsLeft, tokensPerSecond, ...(points && { points }) });
  }

  #finish(recipe: CompressionRecipe, result: RecipeResult): void {
    this.#original = result.original;
    const { seconds, notes = [], texts } = result;
    this.#last = { seconds, notes, texts };
    this.#take(result.steps);
    const { stoppedAt } = result;
    const stopped = stoppedAt === undefined ? undefined : recipe.steps[stoppedAt];
    const size = `Done, ${sizeChange(result.original.bytes, result.steps.at(-1)?.bytes ?? result.original.bytes)}.`;
    const end = { fraction: 1, secondsLeft: undefined, question: undefined } as const;
    if (stoppedAt !== undefined && stopped) this.#show({ ...end, state: "stopped", step: stoppedAt, sentence: result.steps[stoppedAt]?.gate?.sentence ?? `Stopped after “${stepTitle(stopped)}”.` });
    else this.#show({ ...end, state: "done", label: "Done", sentence: [size, ...notes].join(" ") });
  }

  #take(results: readonly StepResult[]): void {
    const fileOf = ({ path, adapter, bytes, seconds }: StepResult): string => JSON.stringify([path, adapter, bytes, seconds]);
    const known = new Set(this.#results.map(fileOf));
    this.#results = results;
    for (const result of results) if (!known.has(fileOf(result))) this.parts.made(result);
  }

  #show(change: Partial<LabRun>): void {
    if (!this.#picture) return;
    this.#picture = { ...this.#picture, ...change };
    this.parts.changed();
  }
}
