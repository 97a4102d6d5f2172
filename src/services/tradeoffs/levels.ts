import type { ModelFile, QuantSize, Recipe, TensorErrors } from "../../protocol/model";
import { quantTypes } from "../../protocol/model";
import type { Forecast, MixGoal, RowKey, TradeoffRow } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { CompressionJobs } from "../compressionJobs";
import type { Matrix } from "./forecaster";
import { findMix, type Standard } from "./mixes";
import type { StudyEntry } from "./rows";

export interface MixRequest {
  readonly goal: MixGoal;
  readonly errors: readonly TensorErrors[];
  readonly rows: readonly TradeoffRow[];
  forecast(cost: number): Forecast;
}

/** The versions that a study is about: every level smaller than the original, made plainly or with a matrix, and mixes. */
export class Levels {
  matrix: Matrix | undefined;
  #levels: readonly StudyEntry[] = [];
  readonly #mixes: StudyEntry[] = [];
  /** Every version that was listed so far, also under other matrices: its measurement still tells something of the model. */
  readonly #seen = new Map<string, { readonly entry: StudyEntry; readonly matrix: Matrix | undefined }>();

  constructor(
    private readonly jobs: CompressionJobs,
    private readonly model: ModelFile,
  ) {}

  /** Mixes are listed under the matrix that they were sought with. */
  get entries(): readonly StudyEntry[] {
    return [...this.#levels, ...this.#mixes.filter((mix) => this.matrixOf(mix)?.hash === this.matrix?.hash)];
  }

  get everSeen(): readonly StudyEntry[] {
    return [...this.#seen.values()].map(({ entry }) => entry);
  }

  matrixOf({ recipeKey }: StudyEntry): Matrix | undefined {
    return this.#seen.get(recipeKey)?.matrix;
  }

  /** Whatever stands in the way of every level stands in the way as a whole. */
  get commonProblem(): string | undefined {
    return this.#levels.length > 0 && this.#levels.every(({ size }) => size.problem) ? this.#levels[0]?.size.problem : undefined;
  }

  /** Dry runs of every level; those that are not smaller than the original's bits per weight are left out. */
  async read(largest: number, token: CancellationToken): Promise<void> {
    const { matrix } = this;
    const recipes = quantTypes.map((type): Recipe => ({ type, ...(matrix && { imatrix: matrix.path }) }));
    const sizes = await this.jobs.sizes(this.model, token, recipes);
    // Another matrix was chosen meanwhile.
    if (this.matrix !== matrix) return;
    this.#levels = sizes
      .filter((size) => size.problem || size.bitsPerWeight < 0.99 * largest)
      .map((size) => this.#entry(size.type, size.type, "level", { type: size.type, ...(matrix && { imatrix: matrix.path }) }, size, matrix));
  }

  async addMix({ goal, errors, rows, forecast }: MixRequest, token: CancellationToken): Promise<RowKey> {
    const { matrix } = this;
    const standards = rows.flatMap((row): Standard[] => {
      const kl = row.measured?.kl?.mean ?? row.forecast?.kl?.value;
      return row.kind === "level" && row.size && !row.size.problem && kl !== undefined ? [{ label: row.label, size: row.size, kl }] : [];
    });
    const found = await findMix({
      goal, errors, standards, forecast, originalBytes: this.model.bytes, ...(matrix && { imatrix: matrix.path }),
      size: async (recipe) => (await this.jobs.sizes(this.model, token, [recipe]))[0]!,
    });
    const key = `mix-${this.#mixes.length + 1}` as const;
    const entry = this.#entry(key, found.label, "mix", found.recipe, found.size, matrix);
    const known = this.#mixes.find(({ recipeKey }) => recipeKey === entry.recipeKey);
    if (known) return known.key;
    this.#mixes.push(entry);
    return key;
  }

  #entry(key: RowKey, label: string, kind: "level" | "mix", recipe: Recipe, size: QuantSize, matrix: Matrix | undefined): StudyEntry {
    const recipeKey = keyOf(recipe, matrix);
    const plainKey = recipe.imatrix === undefined ? undefined : keyOf({ ...recipe, imatrix: undefined }, undefined);
    const entry: StudyEntry = { key, label, kind, recipe, size, recipeKey, ...(plainKey !== undefined && { plainKey }) };
    this.#seen.set(recipeKey, { entry, matrix });
    return entry;
  }
}

/** Two recipes of one key give the same file from the same original. */
export function keyOf({ type, tensorTypes }: Recipe, matrix: Matrix | undefined): string {
  const named = tensorTypes ? Object.entries(tensorTypes).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
  return JSON.stringify([type, matrix?.hash ?? null, ...named]);
}
