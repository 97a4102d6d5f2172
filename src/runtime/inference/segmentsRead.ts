import type { Finding } from "../../protocol/model";

/** What one step of reading has settled: how many segments, the tokens decoded for it, and what was found. */
export interface SegmentsRead {
  readonly segments: number;
  readonly tokens: number;
  readonly findings: readonly Finding[];
}
