import { segmentKeys } from "../../core/documents/segmentKeys";
import { type Segment, segmentDocument } from "../../core/documents/segments";
import type { Finding, OwnCategory } from "../../protocol/documents";
import type { CancellationToken, SpotParams } from "../../protocol/rpc";
import type { Runtime } from "../ports";
import { hashOf } from "../tradeoffs/fingerprint";
import type { Readings, SegmentReading } from "./clauseReadings";
import { pace } from "./pace";

/** The findings so far. Segments whose reading was known come first, then those that the model read. */
export interface ClauseProgress {
  readonly findings: readonly Finding[];
  /** Segments read by the model so far, of those that it must read. */
  readonly read: number;
  readonly toRead: number;
  /** Segments of the text, and those of them whose reading was known. */
  readonly segments: number;
  readonly reused: number;
}

/** A text's segments beside what is known of them. */
interface Known {
  readonly segments: readonly Segment[];
  readonly keys: readonly string[];
  /** Segments that must be read; of those of one key the first. */
  readonly unread: readonly number[];
  /** Segments whose reading is known. */
  readonly reused: number;
}

/** What readings tell of a text, without asking a model. */
export function knownFindings(text: string, readings: Readings): readonly Finding[] {
  return findingsIn(lookUp(text, readings), readings);
}

/**
 * Finds the clauses of a text. The model is asked only about segments that it has not read yet in this place; `prepare`
 * loads it, and is not called when there are none. New readings are added to `readings` as they come, so that nothing
 * is lost when the reading is cancelled. Ten updates a second at most.
 */
export async function* readClauses(
  runtime: Pick<Runtime, "spot">, text: string, own: readonly OwnCategory[], readings: Readings, prepare: () => Promise<void>, token: CancellationToken,
): AsyncGenerator<ClauseProgress> {
  const known = lookUp(text, readings);
  const { segments, keys, unread } = known;
  const counts = { toRead: unread.length, segments: segments.length, reused: known.reused };
  yield { findings: findingsIn(known, readings), read: 0, ...counts };
  if (unread.length === 0) return;
  await prepare();
  const findings = [...findingsIn(known, readings)];
  const found = new Map<number, Finding[]>();
  let read = 0;
  const params: SpotParams = { text, ...(unread.length < segments.length && { only: unread }), ...(own.length > 0 && { own }) };
  const isTime = pace();
  const progress = (): ClauseProgress => ({ findings: [...findings], read, ...counts });
  try {
    for await (const event of runtime.spot(params, token)) {
      if (event.kind === "result") continue;
      for (const finding of event.progress.findings) found.set(finding.start, [...(found.get(finding.start) ?? []), finding]);
      const settled = unread.slice(read, event.progress.segment);
      read += settled.length;
      for (const index of settled) {
        const reading = (found.get(segments[index]!.start) ?? []).map(({ category, probability }) => [category, probability] as const);
        readings.set(keys[index]!, reading);
      }
      findings.push(...event.progress.findings);
      if (isTime()) yield progress();
    }
  } catch (error) {
    // What was read until then is shown.
    yield progress();
    throw error;
  }
  yield { findings: findingsIn(known, readings), read, ...counts };
}

function lookUp(text: string, readings: Readings): Known {
  const segments = segmentDocument(text);
  const keys = segmentKeys(text, segments, shortHash);
  const unread: number[] = [];
  const seen = new Set<string>();
  let reused = 0;
  keys.forEach((key, index) => {
    const reading = readings.get(key);
    if (reading) {
      renew(readings, key, reading);
      reused++;
    } else if (!seen.has(key)) unread.push(index);
    seen.add(key);
  });
  return { segments, keys, unread, reused };
}

function findingsIn({ segments, keys }: Known, readings: Readings): readonly Finding[] {
  return segments.flatMap(({ start, end }, index) =>
    (readings.get(keys[index]!) ?? []).map(([category, probability]) => ({ category, start, end, probability })));
}

/** What was used last is dropped last. */
function renew(readings: Readings, key: string, reading: SegmentReading): void {
  readings.delete(key);
  readings.set(key, reading);
}

/** 80 bits of SHA-256. */
function shortHash(words: string): string {
  return hashOf(words).slice(0, 20);
}
