import { llamaRelease } from "../../core/llamaRelease";
import type { MeasuredRow, ScoreState } from "../../protocol/model";
import type { JsonStore } from "../jsonStore";

/** What one measurement is of; anything else gives another perplexity and KL divergence. */
export interface MeasurementKey {
  /** Fingerprint of the original. */
  readonly model: string;
  /** SHA-256 of the text. */
  readonly text: string;
  /** Tokens per chunk, and the most chunks. */
  readonly context: number;
  readonly chunks: number;
}

/** What is kept of one recipe on one text. */
export interface KeptResult {
  readonly row: MeasuredRow;
  /** Chunks that a whole measurement has. */
  readonly totalChunks: number;
  /** Threads that the speeds were measured with. */
  readonly threads: number;
  /** What a stopped measurement goes on from; absent once it is whole. */
  readonly state?: ScoreState;
  /** 0 to 1, where labelled documents were read. */
  readonly clauseF1?: number;
}

/** Raised whenever what is kept changes its meaning. Another llama.cpp may round otherwise. */
const version = `2 ${llamaRelease}`;

interface KeptFile {
  readonly version: string;
  readonly results: readonly (readonly [string, KeptResult])[];
}

/** Results of one original on one text, by recipe; shown again at once when the same is asked again. */
export class Results {
  readonly #rows = new Map<string, KeptResult>();

  private constructor(
    private readonly store: JsonStore | undefined,
    private readonly name: string,
  ) {}

  /** Nothing measured, and nothing kept. */
  static none(): Results {
    return new Results(undefined, "");
  }

  static async open(store: JsonStore, key: MeasurementKey): Promise<Results> {
    const name = `measured-${key.model.slice(0, 16)}-${key.text.slice(0, 16)}-${key.context}-${key.chunks}`;
    const results = new Results(store, name);
    await results.#takeOver();
    return results;
  }

  get(recipe: string): KeptResult | undefined {
    return this.#rows.get(recipe);
  }

  /** A result that rests on fewer chunks never takes the place of one that rests on more. */
  put(recipe: string, result: KeptResult): void {
    const known = this.#rows.get(recipe);
    if (known && known.row.chunks > result.row.chunks) return;
    this.#rows.set(recipe, { ...result, clauseF1: result.clauseF1 ?? known?.clauseF1 });
  }

  /** What another window has kept meanwhile stays. */
  async save(): Promise<void> {
    await this.#takeOver();
    await this.store?.write(this.name, { version, results: [...this.#rows] } satisfies KeptFile);
  }

  async #takeOver(): Promise<void> {
    const kept = await this.store?.read<KeptFile>(this.name);
    if (kept?.version !== version) return;
    for (const [recipe, result] of kept.results) {
      const own = this.#rows.get(recipe);
      if (!own || result.row.chunks > own.row.chunks) this.#rows.set(recipe, result);
    }
  }
}

export function isWhole(result: KeptResult | undefined): boolean {
  return result !== undefined && result.state === undefined && result.row.chunks >= result.totalChunks;
}
