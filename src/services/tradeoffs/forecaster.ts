import { ForecastCorrection, type Observation, type Spread } from "../../core/evaluation/forecastCorrection";
import { uncalibratedKl } from "../../core/evaluation/quantError";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredRow, QuantSize, TensorErrors } from "../../protocol/model";
import type { Forecast } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { JsonStore } from "../jsonStore";
import type { Runtime } from "../ports";

/** How far the forecast of KL divergence strays on models that it was not fitted on (docs/forecasts.md). */
const klSpread: Spread = { common: 0.6, near: 0.3, reach: 2, own: 0.1 };
/** The share of changed next words is about this many times the square root of KL divergence; models differ. */
const disagreementFactor = 0.5;
const disagreementSpread: Spread = { common: 0.3, near: 0.1, reach: 1, own: 0.06 };

const version = 1;

interface KeptErrors {
  readonly version: number;
  readonly types: readonly string[];
  readonly errors: readonly TensorErrors[];
}

/** Which errors a recipe's forecast rests on. */
export interface Matrix {
  readonly path: string;
  /** Fingerprint of the matrix file. */
  readonly hash: string;
}

/** What was measured of a recipe, beside what it was made of. */
export interface MeasuredRecipe {
  readonly size: QuantSize;
  readonly matrix: Matrix | undefined;
  readonly row: MeasuredRow;
}

/** Samples the error of every tensor in every type, and foretells from it what a version of the model loses. */
export class Forecaster {
  /** By fingerprint of the matrix; "" without one. */
  readonly #errors = new Map<string, readonly TensorErrors[]>();

  constructor(
    private readonly runtime: Runtime,
    private readonly store: JsonStore,
    /** Fingerprint of the model. */
    private readonly model: string,
    private readonly path: string,
    private readonly threads: () => number,
  ) {}

  errors(matrix: Matrix | undefined): readonly TensorErrors[] | undefined {
    return this.#errors.get(matrix?.hash ?? "");
  }

  /** Samples what is not known yet of these types. */
  async sample(types: readonly string[], matrix: Matrix | undefined, onFraction: (fraction: number) => void, token: CancellationToken): Promise<void> {
    const name = `errors-${this.model.slice(0, 16)}${matrix ? `-${matrix.hash.slice(0, 16)}` : ""}`;
    const kept = await this.store.read<KeptErrors>(name);
    const known = kept?.version === version && types.every((type) => kept.types.includes(type));
    const errors = known ? kept.errors : await this.#run(types, matrix, onFraction, token);
    this.#errors.set(matrix?.hash ?? "", errors);
    if (!known) await this.store.write(name, { version, types, errors } satisfies KeptErrors);
  }

  /** KL divergence expected of these types before calibration, nats. Undefined where an error is not known. */
  uncalibrated(tensorTypes: Readonly<Record<string, string>> | undefined, matrix: Matrix | undefined): number | undefined {
    const errors = this.errors(matrix);
    return errors && tensorTypes && uncalibratedKl(errors, tensorTypes);
  }

  /** Forecasts that lean on what was measured of this model. */
  calibrated(measured: readonly MeasuredRecipe[]): Forecasts {
    const kl: Observation[] = [];
    const disagreement: Observation[] = [];
    for (const { size, matrix, row } of measured) {
      const foretold = this.uncalibrated(size.tensorTypes, matrix);
      if (!row.kl || foretold === undefined) continue;
      kl.push({ foretold, measured: row.kl.mean });
      if (row.top1Agreement !== undefined) disagreement.push({ foretold: expectedDisagreement(row.kl.mean), measured: 1 - row.top1Agreement });
    }
    return new Forecasts(new ForecastCorrection(klSpread, kl), new ForecastCorrection(disagreementSpread, disagreement), kl.length);
  }

  async #run(types: readonly string[], matrix: Matrix | undefined, onFraction: (fraction: number) => void, token: CancellationToken): Promise<readonly TensorErrors[]> {
    const job = this.runtime.tensorErrors({ input: this.path, types, threads: this.threads(), ...(matrix && { imatrix: matrix.path }) }, token);
    for await (const event of job) {
      if (event.kind === "result") return event.result;
      onFraction(event.progress.fraction);
    }
    throw new HumanError("runtimeStopped", "Sampling the tensors ended without a result.");
  }
}

export class Forecasts {
  constructor(
    private readonly kl: ForecastCorrection,
    private readonly disagreement: ForecastCorrection,
    /** Measured versions that the forecasts lean on. */
    readonly observations: number,
  ) {}

  klFrom(uncalibrated: number): Forecast {
    return this.kl.forecast(uncalibrated);
  }

  /** Share of next words that stay the same. */
  agreementFrom(kl: Forecast): Forecast {
    const at = (value: number): Forecast => this.disagreement.forecast(expectedDisagreement(value));
    return { value: share(at(kl.value).value), low: share(at(kl.high).high), high: share(at(kl.low).low) };
  }
}

function expectedDisagreement(kl: number): number {
  return disagreementFactor * Math.sqrt(kl);
}

function share(disagreement: number): number {
  return Math.min(1, Math.max(0, 1 - disagreement));
}
