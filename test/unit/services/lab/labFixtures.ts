import type { BlockRanking } from "../../../../src/protocol/compression";
import { HumanError } from "../../../../src/protocol/humanError";
import type { MeasuredRow, ModelFile } from "../../../../src/protocol/model";
import type { CompressionRecipe, RecipeProgress, RecipeResult, StepEstimate, StepResult } from "../../../../src/protocol/recipe";
import type { CancellationToken } from "../../../../src/protocol/rpc";
import type { CompressionLabParts } from "../../../../src/services/lab/compressionLabParts";
import type { RecipeRun } from "../../../../src/services/lab/recipeRunner";
import type { JobEvent } from "../../../../src/services/ports";

export function aModel(path: string, more: Partial<ModelFile> = {}): ModelFile {
  return { path, family: "pocket", type: "F16", bytes: 1000, parameters: 500, architecture: "llama", contextLength: 512, ...more };
}

export function measured(path: string, kl?: number): MeasuredRow {
  return {
    path, type: "F16", bytes: 1000, bitsPerWeight: 16, perplexity: { value: 10, error: 0.1 }, promptTokensPerSecond: 1, generationTokensPerSecond: 0, chunks: 2,
    ...(kl !== undefined && { kl: { mean: kl, error: 0, median: kl, p99: kl }, top1Agreement: 0.9 }),
  };
}

export function stepResult(index: number, more: Partial<StepResult> = {}): StepResult {
  return { path: `/out/${index}.gguf`, bytes: 1000 - 100 * (index + 1), seconds: 1, measured: measured(`/out/${index}.gguf`, 0.1), notes: [], ...more };
}

export const estimate: StepEstimate = { bytes: 900, seconds: 1, memory: 1, disk: 1, notes: [] };
export const original = { path: "/m/pocket-F16.gguf", bytes: 1000, measured: measured("/m/pocket-F16.gguf") };

/** A runner whose run is told what to do, event by event. */
export class ScriptedRunner {
  readonly runs: { readonly recipe: CompressionRecipe; readonly run: RecipeRun }[] = [];
  readonly estimated: CompressionRecipe[] = [];
  readonly discarded: CompressionRecipe[] = [];
  left: Awaited<ReturnType<CompressionLabParts["runner"]["unfinished"]>>;
  estimates: (recipe: CompressionRecipe) => Promise<readonly StepEstimate[]> = async ({ steps }) => steps.map(() => estimate);
  #waiting: ((event: JobEvent<RecipeProgress, RecipeResult> | Error | "end") => void) | undefined;
  #ready: (() => void) | undefined;

  readonly unfinished = async (): Promise<ScriptedRunner["left"]> => this.left;
  readonly discard = async (recipe: CompressionRecipe): Promise<void> => void this.discarded.push(recipe);

  async estimate(recipe: CompressionRecipe): Promise<readonly StepEstimate[]> {
    this.estimated.push(recipe);
    return this.estimates(recipe);
  }

  async *run(recipe: CompressionRecipe, run: RecipeRun, token: CancellationToken): AsyncGenerator<JobEvent<RecipeProgress, RecipeResult>> {
    this.runs.push({ recipe, run });
    for (;;) {
      const event = await new Promise<JobEvent<RecipeProgress, RecipeResult> | Error | "end">((resolve, reject) => {
        token.onCancellationRequested(() => reject(HumanError.cancelled()));
        this.#waiting = resolve;
        this.#ready?.();
      });
      if (event instanceof Error) throw event;
      if (event === "end") return;
      yield event;
    }
  }

  /** Resolves when the run has taken the event. */
  async tell(event: Partial<RecipeProgress> | Error | { readonly result: RecipeResult }): Promise<void> {
    while (!this.#waiting) await new Promise<void>((resolve) => (this.#ready = resolve));
    const give = this.#waiting;
    this.#waiting = undefined;
    if (event instanceof Error) give(event);
    else if ("result" in event) {
      give({ kind: "result", result: event.result });
      await settled();
      this.#end();
    } else give({ kind: "progress", progress: { step: 0, steps: 2, label: "Working", fraction: 0, results: [], ...event } });
    await settled();
  }

  /** Asks as a gate would. */
  ask(sentence: string): Promise<boolean> {
    return this.runs.at(-1)!.run.ask!(sentence);
  }

  #end(): void {
    const give = this.#waiting;
    this.#waiting = undefined;
    give?.("end");
  }
}

export const ranking: BlockRanking = { blocks: [{ block: 0, influence: 0.5 }, { block: 1, influence: 0.1 }], tokens: 100, seconds: 1 };

/** What was under way has had its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
