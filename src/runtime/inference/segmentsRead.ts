import type { Segment } from "../../core/documents/segments";
import type { Finding, OwnCategory } from "../../protocol/documents";

/** What is to be read: all segments are context, the wanted ones get findings. */
export interface Reading {
  readonly text: string;
  readonly segments: readonly Segment[];
  wanted(segment: number): boolean;
  /** Categories besides those that a model was trained for. */
  readonly own: readonly OwnCategory[];
}

/** What one step of reading has settled: how many segments, the tokens decoded for it, and what was found. */
export interface SegmentsRead {
  readonly segments: number;
  readonly tokens: number;
  readonly findings: readonly Finding[];
}
