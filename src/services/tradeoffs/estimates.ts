import { isCancellation, sentenceOf } from "../../protocol/humanError";
import type { ModelFile, TensorErrors } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { JsonStore } from "../jsonStore";
import type { Log, Runtime } from "../ports";
import { Forecaster, type Forecasts, type MeasuredRecipe } from "./forecaster";
import type { Levels } from "./levels";
import type { Results } from "./results";
import type { StudyEntry } from "./rows";
import type { StudyMachine } from "./studyMachine";

export interface EstimateParts {
  readonly runtime: Runtime;
  readonly store: JsonStore;
  readonly log: Log;
  threads(): number;
}

/** The ggml types that llama.cpp's levels and mixes are made of, but for those whose error follows from another's. */
const plainTypes = [
  "Q8_0", "Q6_K", "Q5_K", "Q5_1", "Q5_0", "Q4_K", "Q4_1", "Q4_0", "IQ4_XS", "IQ4_NL", "MXFP4", "Q3_K", "IQ3_S", "Q2_K", "Q2_0", "Q1_0", "TQ2_0", "TQ1_0",
] as const;
const matrixTypes = ["IQ3_XXS"] as const;

/** What is known of a model's versions before they are measured: memory, bandwidth, the error of every tensor. */
export class Estimates {
  #forecaster: Forecaster | undefined;

  constructor(
    private readonly parts: EstimateParts,
    private readonly model: ModelFile,
    private readonly machine: StudyMachine,
    private readonly levels: Levels,
    /** Something new can be shown; `sampling` is the share of tensors sampled while that runs. */
    private readonly changed: (sampling?: number) => void,
  ) {}

  /** Each part shows as soon as it is there. `fingerprint` names the model's content. */
  async run(fingerprint: string, token: CancellationToken): Promise<void> {
    const { runtime, store, threads } = this.parts;
    await this.simulateMemory(token);
    const memoryBandwidth = await runtime.bandwidth(threads(), token);
    this.machine.here = { ...this.machine.here, memoryBandwidth };
    this.changed();
    this.#forecaster ??= new Forecaster(runtime, store, fingerprint, this.model.path, threads);
    const { matrix } = this.levels;
    await this.#forecaster.sample(matrix ? [...plainTypes, ...matrixTypes] : plainTypes, matrix, this.changed, token);
  }

  /** Asks llama.cpp what it would allocate; where it cannot say, the formula stands in. */
  async simulateMemory(token: CancellationToken): Promise<void> {
    const { context, cacheType } = this.machine;
    try {
      this.machine.simulated(context, cacheType, await this.parts.runtime.memory({ path: this.model.path, context, cacheType }, token));
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.parts.log.info(`Memory is estimated by formula: ${sentenceOf(error)}`);
    }
    this.changed();
  }

  /** Undefined until they are sampled. */
  get errors(): readonly TensorErrors[] | undefined {
    return this.#forecaster?.errors(this.levels.matrix);
  }

  /** KL divergence expected before calibration, nats. */
  uncalibrated(entry: StudyEntry): number | undefined {
    return this.#forecaster?.uncalibrated(entry.size.tensorTypes, this.levels.matrixOf(entry));
  }

  /** Lean on everything measured of this model on this text, with and without a matrix. */
  forecasts(results: Results | undefined): Forecasts | undefined {
    const measured: MeasuredRecipe[] = [];
    for (const entry of this.levels.everSeen) {
      const row = results?.get(entry.recipeKey)?.row;
      if (row) measured.push({ size: entry.size, matrix: this.levels.matrixOf(entry), row });
    }
    return this.#forecaster?.calibrated(measured);
  }
}
