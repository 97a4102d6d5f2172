import type { AdapterInfo, ExtractResult, MergeResult } from "../../protocol/compression";
import { basename } from "node:path";
import { familyOfName } from "../../core/gguf/header";
import type { AdapterUse, ModelFile } from "../../protocol/model";
import type { CancellationToken, MeasureProgress, MeasureResult } from "../../protocol/rpc";
import type { Job } from "../ports";
import { chunkTokens } from "../tradeoffs/measuringPlan";
import type { LabParts, LabText, TimedWork } from "./labParts";
import { besideModel, withLevel } from "./outputNames";
import type { ReadingWish } from "./pruning";
import { intoFolder, shareDone, timed } from "./timedWork";

export interface MergeWish {
  readonly base: ModelFile;
  /** Path. */
  readonly adapter: string;
  readonly scale: number;
  /** Importance matrix for what is quantized anew. */
  readonly imatrix?: string;
}
export interface ExtractWish {
  readonly base: ModelFile;
  readonly tuned: ModelFile;
  readonly rank: number | "full";
  /** Absent: 1. */
  readonly seed?: number;
}

/** Measured unless another number is chosen: the command line's usual. */
const usualChunks = 20;
const usualContext = 512;

/** Merges, extracts, describes and compares LoRA adapters. */
export class Adapters {
  constructor(private readonly parts: LabParts) {}

  merge({ base, ...wish }: MergeWish, token: CancellationToken, output = this.mergedPath(base, wish.adapter)): Job<TimedWork, MergeResult> {
    return intoFolder(output, () => timed(this.parts.runtime.mergeAdapter({ ...wish, base: base.path, output }, token), shareDone));
  }

  extract({ base, tuned, rank, seed = 1 }: ExtractWish, token: CancellationToken, output = this.extractedPath(tuned)): Job<TimedWork, ExtractResult> {
    return intoFolder(output, () => timed(this.parts.runtime.extractAdapter({ base: base.path, tuned: tuned.path, rank, seed, output }, token), shareDone));
  }

  info(path: string, token: CancellationToken): Promise<AdapterInfo> {
    return this.parts.runtime.adapterInfo(path, token);
  }

  /** Two rows: the base, and the base with the adapters. */
  compare(base: ModelFile, uses: readonly AdapterUse[], { text }: LabText, token: CancellationToken, { chunks = usualChunks, context }: ReadingWish = {}): Job<MeasureProgress, MeasureResult> {
    const longest = Math.min(context ?? usualContext, base.contextLength || Number.POSITIVE_INFINITY);
    return this.parts.runtime.measure({
      base: base.path, variants: [], adapted: [{ path: base.path, adapters: uses }], text, context: chunkTokens(text, longest), chunks, threads: this.parts.threads(), generation: true,
    }, token);
  }

  /** Beside the base, e.g. "small-merged-style.gguf". */
  mergedPath(base: ModelFile, adapter: string): string {
    return besideModel(base, this.parts.builtInOutputs, withLevel(`merged-${familyOfName(basename(adapter))}`, base.type));
  }

  /** Beside the tuned model, e.g. "small-chat-extracted-adapter.gguf". */
  extractedPath(tuned: ModelFile): string {
    return besideModel(tuned, this.parts.builtInOutputs, "extracted-adapter");
  }
}
