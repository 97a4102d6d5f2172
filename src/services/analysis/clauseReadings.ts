import type { JsonStore } from "../jsonStore";
import { hashOf } from "../tradeoffs/fingerprint";

/** What was found in one segment: categories and their probabilities. */
export type SegmentReading = readonly (readonly [category: string, probability: number])[];

/** Documents whose readings stay in memory, and segments that are kept of one document. */
const documentsInMemory = 32;
const segmentsKept = 20_000;
/** Files on disk are named by so many hexadecimal digits, so there are at most 4,096 of them; two documents that share one take turns. */
const nameDigits = 3;
/** Raised whenever what is kept changes its meaning. */
const version = 2;

interface KeptFile {
  readonly version: number;
  /** Hash of the document's address and the reader. */
  readonly of: string;
  readonly readings: readonly (readonly [string, SegmentReading])[];
}

/** Readings of segments by their keys, of one document by one reader; those used last are last. */
export type Readings = Map<string, SegmentReading>;

/** Keeps what was found, never what was read: segments are named by hashes. */
export class ClauseReadings {
  readonly #inMemory = new Map<string, Readings>();

  constructor(private readonly store: JsonStore | undefined) {}

  /** `reader` names everything that decides what is found in a segment. */
  async of(uri: string, reader: string): Promise<Readings> {
    const id = hashOf(`${uri}\n${reader}`);
    const readings = this.#inMemory.get(id) ?? (await this.#fromDisk(id));
    this.#inMemory.delete(id);
    this.#inMemory.set(id, readings);
    const [oldest] = this.#inMemory.keys();
    if (this.#inMemory.size > documentsInMemory && oldest !== undefined) this.#inMemory.delete(oldest);
    return readings;
  }

  async save(uri: string, reader: string, readings: Readings): Promise<void> {
    const id = hashOf(`${uri}\n${reader}`);
    for (const key of readings.keys()) {
      if (readings.size <= segmentsKept) break;
      readings.delete(key);
    }
    await this.store?.write(fileOf(id), { version, of: id, readings: [...readings] } satisfies KeptFile);
  }

  async #fromDisk(id: string): Promise<Readings> {
    const kept = await this.store?.read<KeptFile>(fileOf(id));
    return new Map(kept?.version === version && kept.of === id ? kept.readings : []);
  }
}

function fileOf(id: string): string {
  return `clauses-${id.slice(0, nameDigits)}`;
}
