import { llamaRelease } from "../../core/llamaRelease";
import type { BlockRanking, GptqResult, GptqType, PruneParams, PruneResult, RankBlocksParams, SparsifyParams, SparsifyResult, WorkProgress } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { RecipeStep } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";
import { chunkTokens } from "../tradeoffs/measuringPlan";
import type { LabParts, LabText, TimedWork } from "./labParts";
import { besideModel, stepEnding } from "./outputNames";
import { intoFolder, shareDone, timed } from "./timedWork";

/** How much of a text is read, in tokens per chunk and chunks. */
export interface ReadingWish {
  readonly chunks?: number;
  readonly context?: number;
}

export type RankWish = ReadingWish & { readonly leaveOut: boolean };

/** Enough for an order of blocks that no longer changes; llama.cpp's usual chunk. */
const usualChunks = 20;
const usualContext = 512;
/** Samples that the paper calibrates on are 128 of 2,048 tokens; the order of the Hessian's size is what counts (arXiv 2210.17323, 4). */
const gptqChunks = 64;
/** Raised whenever what is kept changes its meaning. Another llama.cpp may round otherwise. */
const rankingVersion = `1 ${llamaRelease}`;

interface KeptRanking {
  readonly version: string;
  readonly ranking: BlockRanking;
}

/** Prunes, makes sparse, and rounds with compensation; ranks blocks before. */
export class Pruning {
  constructor(private readonly parts: LabParts) {}

  /** Kept by the content of model and text: asking again costs nothing. */
  async *rank(model: ModelFile, text: LabText, wish: RankWish, token: CancellationToken): Job<TimedWork, BlockRanking> {
    const params: RankBlocksParams = { ...this.#reading(model, text, { chunks: usualChunks, ...wish }), model: model.path, leaveOut: wish.leaveOut };
    const named = (leaveOut: boolean): Promise<string> => rankingName(params, text, leaveOut);
    // One that left out blocks answers both.
    const kept = (await this.#kept(await named(true))) ?? (wish.leaveOut ? undefined : await this.#kept(await named(false)));
    if (kept) {
      yield { kind: "result", result: kept };
      return;
    }
    for await (const event of timed(this.parts.runtime.rankBlocks(params, token), shareDone)) {
      if (event.kind === "result") await this.parts.store.write(await named(wish.leaveOut), { version: rankingVersion, ranking: event.result } satisfies KeptRanking);
      yield event;
    }
  }

  prune(model: ModelFile, wish: Omit<PruneParams, "input" | "output">, token: CancellationToken, output = this.outputPath(model, pruneStep(model, wish))): Job<TimedWork, PruneResult> {
    return this.#work(output, () => this.parts.runtime.prune({ ...wish, input: model.path, output }, token));
  }

  /** Wanda without a matrix takes the one that was made for this model before. */
  async *sparsify(model: ModelFile, wish: Omit<SparsifyParams, "input" | "output">, token: CancellationToken, output = this.outputPath(model, { kind: "sparsify", ...wish })): Job<TimedWork, SparsifyResult> {
    const imatrix = wish.imatrix ?? (wish.method === "wanda" ? (await this.parts.matrices.existing(model, token))?.path : undefined);
    if (wish.method === "wanda" && imatrix === undefined) throw new HumanError("badArgument", "Wanda weighs each weight by its input, so it needs an importance matrix of this model: make one from your texts first.");
    yield* this.#work(output, () => this.parts.runtime.sparsify({ ...wish, ...(imatrix !== undefined && { imatrix }), input: model.path, output }, token));
  }

  gptq(model: ModelFile, type: GptqType, text: LabText, token: CancellationToken, output = this.outputPath(model, { kind: "quantize", level: type, rounding: "gptq" }), reading: ReadingWish = {}): Job<TimedWork, GptqResult> {
    return this.#work(output, () => this.parts.runtime.gptq({ ...this.#reading(model, text, { chunks: gptqChunks, ...reading }), input: model.path, output, type }, token));
  }

  /** Beside the model (of the built-in one: in a folder of its own), named after its family and the step. */
  outputPath(model: ModelFile, step: RecipeStep): string {
    return besideModel(model, this.parts.builtInOutputs, stepEnding(step, model.type));
  }

  #work<Result>(output: string, start: () => Job<WorkProgress, Result>): Job<TimedWork, Result> {
    return intoFolder(output, () => timed(start(), shareDone));
  }

  #reading(model: ModelFile, text: LabText, { chunks = usualChunks, context }: ReadingWish): Omit<RankBlocksParams, "model" | "leaveOut"> {
    const longest = Math.min(context ?? usualContext, model.contextLength || Number.POSITIVE_INFINITY);
    return { texts: [{ name: text.name, text: text.text }], context: chunkTokens(text.text, longest), chunks, threads: this.parts.threads() };
  }

  async #kept(name: string): Promise<BlockRanking | undefined> {
    const kept = await this.parts.store.read<KeptRanking>(name);
    return kept?.version === rankingVersion ? kept.ranking : undefined;
  }
}

async function rankingName({ model, context, chunks }: RankBlocksParams, { text }: LabText, leaveOut: boolean): Promise<string> {
  return `ranking-${(await fingerprint(model)).slice(0, 16)}-${hashOf(text).slice(0, 16)}-${context}-${chunks}${leaveOut ? "-without" : ""}`;
}

/** As a step of a recipe tells it. */
function pruneStep({ shape }: ModelFile, { dropBlocks, feedForward }: Omit<PruneParams, "input" | "output">): RecipeStep {
  const share = feedForward !== undefined && shape && shape.feedForward > 0 ? Math.min(1, feedForward / shape.feedForward) : undefined;
  return { kind: "prune", blocks: dropBlocks, ...(share !== undefined && { feedForward: share }) };
}
