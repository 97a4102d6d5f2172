import type { MeasuredRow, ScoreState } from "../../protocol/model";
import type { JsonStore } from "../jsonStore";

/** What one measurement is of; anything else gives other figures. */
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
  /** What a stopped measurement goes on from; absent once it is whole. */
  readonly state?: ScoreState;
  /** 0 to 1, where labelled documents were read. */
  readonly clauseF1?: number;
}

const version = 1;

interface KeptFile {
  readonly version: number;
  readonly results: readonly (readonly [string, KeptResult])[];
}

/** Results of one original on one text, by recipe; shown again at once when the same is asked again. */
export class Results {
  private constructor(
    private readonly store: JsonStore,
    private readonly name: string,
    private readonly rows: Map<string, KeptResult>,
  ) {}

  static async open(store: JsonStore, key: MeasurementKey): Promise<Results> {
    const name = `measured-${key.model.slice(0, 16)}-${key.text.slice(0, 16)}-${key.context}-${key.chunks}`;
    const kept = await store.read<KeptFile>(name);
    return new Results(store, name, new Map(kept?.version === version ? kept.results : []));
  }

  get(recipe: string): KeptResult | undefined {
    return this.rows.get(recipe);
  }

  /** A result that rests on fewer chunks never takes the place of one that rests on more. */
  put(recipe: string, result: KeptResult): void {
    const known = this.rows.get(recipe);
    if (known && known.row.chunks > result.row.chunks) return;
    this.rows.set(recipe, { ...result, clauseF1: result.clauseF1 ?? known?.clauseF1 });
  }

  save(): Promise<void> {
    return this.store.write(this.name, { version, results: [...this.rows] } satisfies KeptFile);
  }
}

export function isWhole(result: KeptResult | undefined): boolean {
  return result !== undefined && result.row.chunks >= result.totalChunks;
}
