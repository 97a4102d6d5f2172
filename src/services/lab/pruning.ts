import type { BlockRanking, GptqResult, GptqType, PruneParams, PruneResult, SparsifyParams, SparsifyResult } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { RecipeStep } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { LabParts, LabText, TimedWork } from "./labParts";

/** How much of a text is read, in tokens per chunk and chunks. */
export interface ReadingWish {
  readonly chunks?: number;
  readonly context?: number;
}

/** Prunes, makes sparse, and rounds with compensation; ranks blocks before. */
export class Pruning {
  constructor(private readonly parts: LabParts) {}

  /** Kept by the content of model and text: asking again costs nothing. */
  rank(_model: ModelFile, _text: LabText, _wish: ReadingWish & { readonly leaveOut: boolean }, _token: CancellationToken): Job<TimedWork, BlockRanking> {
    throw this.#later();
  }

  prune(_model: ModelFile, _wish: Omit<PruneParams, "input" | "output">, _token: CancellationToken, _output?: string): Job<TimedWork, PruneResult> {
    throw this.#later();
  }

  sparsify(_model: ModelFile, _wish: Omit<SparsifyParams, "input" | "output">, _token: CancellationToken, _output?: string): Job<TimedWork, SparsifyResult> {
    throw this.#later();
  }

  gptq(_model: ModelFile, _type: GptqType, _text: LabText, _token: CancellationToken, _output?: string, _reading?: ReadingWish): Job<TimedWork, GptqResult> {
    throw this.#later();
  }

  /** Beside the model (of the built-in one: in a folder of its own), named after its family and the step. */
  outputPath(model: ModelFile, step: RecipeStep): string {
    return `${model.path}-${step.kind}`;
  }

  #later(): HumanError {
    return new HumanError("unsupported", `This is not built yet (${this.parts.threads()}).`);
  }
}
