import { basename } from "node:path";
import { cueSchemeFromMetadata } from "../../core/documents/cues";
import { segmentDocument } from "../../core/documents/segments";
import { HumanError } from "../../protocol/humanError";
import type { Finding, OwnCategory } from "../../protocol/documents";
import type { SpotParams, SpotProgress, SpotResult } from "../../protocol/rpc";
import { readByChat } from "./chatSpotter";
import { readByCue } from "./cueSpotter";
import type { HeldModel } from "./engine";
import type { Meter } from "./meter";
import type { Reading, SegmentsRead } from "./segmentsRead";

/**
 * Finds the clauses of a document. Whatever the model, a category's probability is its label's likelihood against that
 * of "none": P(c) = p(c) / (p(c) + p(none)). So several categories can hold for one segment, no text is generated, and
 * nothing has to be parsed. Neighbouring segments of one category stay findings of their own.
 */
export async function spot(
  held: HeldModel, { text, only, own = [] }: SpotParams, onProgress: (progress: SpotProgress) => void, signal: AbortSignal, meter: Meter,
): Promise<SpotResult> {
  const started = performance.now();
  const reading = readingOf(text, only, own);
  const segments = reading.segments.filter((_, index) => reading.wanted(index)).length;
  const findings: Finding[] = [];
  let segment = 0;
  let tokens = 0;
  meter.begin();
  for await (const read of reader(held, reading, signal)) {
    segment += read.segments;
    tokens += read.tokens;
    findings.push(...read.findings);
    meter.count(read.tokens);
    onProgress({ segment, segments, findings: read.findings });
  }
  return { findings, segments, tokens, seconds: (performance.now() - started) / 1000 };
}

function readingOf(text: string, only: readonly number[] | undefined, own: readonly OwnCategory[]): Reading {
  const few = only && new Set(only);
  return { text, segments: segmentDocument(text), wanted: (segment) => few?.has(segment) ?? true, own };
}

function reader(held: HeldModel, reading: Reading, signal: AbortSignal): AsyncIterable<SegmentsRead> {
  const scheme = cueSchemeFromMetadata(held.header.metadata);
  if (scheme) return readByCue(held, scheme, reading, signal);
  if (held.loaded.hasChatTemplate) return readByChat(held, reading, signal);
  throw new HumanError(
    "unsupported",
    `${basename(held.loaded.path)} cannot name clauses: it has neither a clause scheme nor a chat template. Load the model that ships with Decant, or an instruct model.`,
  );
}
