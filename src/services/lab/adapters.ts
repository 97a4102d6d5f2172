import type { AdapterInfo, ExtractResult, MergeResult } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { AdapterUse, ModelFile } from "../../protocol/model";
import type { CancellationToken, MeasureProgress, MeasureResult } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { LabParts, LabText, TimedWork } from "./labParts";
import type { ReadingWish } from "./pruning";

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

/** Merges, extracts, describes and compares LoRA adapters. */
export class Adapters {
  constructor(private readonly parts: LabParts) {}

  /** Output: beside the base, "…-merged.gguf", unless another is given. */
  merge(_wish: MergeWish, _token: CancellationToken, _output?: string): Job<TimedWork, MergeResult> {
    throw this.#later();
  }

  /** Output: beside the tuned model, "…-lora.gguf", unless another is given. */
  extract(_wish: ExtractWish, _token: CancellationToken, _output?: string): Job<TimedWork, ExtractResult> {
    throw this.#later();
  }

  info(path: string, token: CancellationToken): Promise<AdapterInfo> {
    return this.parts.runtime.adapterInfo(path, token);
  }

  /** Two rows: the base, and the base with the adapters. */
  compare(_base: ModelFile, _uses: readonly AdapterUse[], _text: LabText, _token: CancellationToken, _reading?: ReadingWish): Job<MeasureProgress, MeasureResult> {
    throw this.#later();
  }

  mergedPath(base: ModelFile, adapter: string): string {
    return `${base.path}-${adapter}`;
  }

  extractedPath(tuned: ModelFile): string {
    return `${tuned.path}-lora`;
  }

  #later(): HumanError {
    return new HumanError("unsupported", `This is not built yet (${this.parts.threads()}).`);
  }
}
