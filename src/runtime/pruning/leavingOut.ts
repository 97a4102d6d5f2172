import { rm, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { planPruning } from "../../core/pruning/prunePlan";
import type { BlockImportance, RankBlocksParams } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredRow } from "../../protocol/model";
import { joined } from "../calibration/textChunks";
import { sequencesAtOnce } from "../evaluation/chunks";
import { MeasuredModel } from "../evaluation/measuredModel";
import { MeasuringRun } from "../evaluation/measuringRun";
import type { NativeLibrary } from "../ffi/library";
import type { OutputOptions } from "../gguf/ggufOutput";
import type { TensorFile } from "../gguf/tensorFile";
import { freeMemory } from "../inference/machine";
import { writePruned } from "./pruner";

/** Models that are measured beside the whole one, which reads the text once for each such group. */
const mostAtOnce = 4;

export interface LeftOut {
  /** Of the whole model. */
  readonly perplexity: number;
  /** By block; undefined where a block cannot be left out alone. */
  readonly without: readonly BlockImportance["without"][];
}

/**
 * Reads the same chunks with the whole model and without each of its first `blocks` blocks in turn: perplexity, and KL divergence from
 * the whole. Each pruned model lies in the folder for temporary files only until it is in memory. `onChunks` is told how many chunks
 * the models have read together, of `readings(blocks)` times all chunks.
 */
export class LeavingOut {
  readonly #group: number;

  constructor(
    private readonly library: NativeLibrary,
    private readonly file: TensorFile,
    private readonly params: RankBlocksParams,
    private readonly options: OutputOptions,
    modelBytes: number,
    free: number,
  ) {
    // Weights, at most a copy of them that is arranged for the processor, and as much for logits and buffers as small models need.
    this.#group = Math.min(mostAtOnce, Math.floor(free / 2 / (2 * modelBytes)) - 1);
    if (this.#group >= 1) return;
    throw new HumanError(
      "modelTooLarge",
      `To leave out the blocks of ${basename(params.model)} one by one it must be in memory twice (${gib(2 * modelBytes)} and as much to work with), but ${gib(free)} are free: rank its blocks by influence alone.`,
    );
  }

  static async of(library: NativeLibrary, file: TensorFile, params: RankBlocksParams, options: OutputOptions, free = freeMemory()): Promise<LeavingOut> {
    return new LeavingOut(library, file, params, options, (await stat(file.path)).size, free);
  }

  /** How often the text is read in all. */
  readings(blocks: number): number {
    return blocks + Math.ceil(blocks / this.#group);
  }

  async measure(blocks: number, chunks: readonly Int32Array[], onChunks: (done: number, label: string) => void, signal: AbortSignal): Promise<LeftOut> {
    const possible = this.#possible(blocks);
    const without: BlockImportance["without"][] = Array.from({ length: blocks }, () => undefined);
    let perplexity = Number.NaN;
    let done = 0;
    for (let first = 0; first < possible.length; first += this.#group) {
      const group = possible.slice(first, first + this.#group);
      const label = `Reading without ${group.length === 1 ? `block ${group[0]}` : `blocks ${group[0]} to ${group.at(-1)}`}`;
      const models = 1 + group.length;
      const [whole, ...rows] = await this.#rows(group, chunks, (read) => onChunks(done + models * read, label), signal);
      done += models * chunks.length;
      perplexity = whole!.perplexity.value;
      group.forEach((block, index) => (without[block] = { perplexity: rows[index]!.perplexity.value, kl: rows[index]!.kl?.mean ?? 0 }));
    }
    return { perplexity, without };
  }

  /** Throws what stands against leaving out a block where it stands against all. */
  #possible(blocks: number): readonly number[] {
    const problems: unknown[] = [];
    const possible = Array.from({ length: blocks }, (_, block) => block).filter((block) => {
      try {
        planPruning(this.file.header, { dropBlocks: [block] });
        return true;
      } catch (error) {
        problems.push(error);
        return false;
      }
    });
    if (possible.length === 0) throw problems[0];
    return possible;
  }

  /** Of the whole model, then of those without one of the blocks. */
  async #rows(group: readonly number[], chunks: readonly Int32Array[], onChunks: (done: number) => void, signal: AbortSignal): Promise<readonly MeasuredRow[]> {
    const { library, params } = this;
    const { context } = params;
    const models: MeasuredModel[] = [];
    try {
      models.push(await MeasuredModel.open(library, params.model, params));
      for (const block of group) models.push(await this.#without(block, signal));
      const sequences = sequencesAtOnce(context, models[0]!.vocabSize);
      for (const model of models) await model.prepare(sequences, params);
      const batch = library.newBatch(sequences * context, context);
      try {
        const text = params.texts.map((each) => each.text).join("\n\n");
        const measuring = { ...params, base: params.model, variants: [], text, chunks: chunks.length, generation: false };
        const run = new MeasuringRun(models, { tokens: joined(chunks), context, count: chunks.length }, batch, measuring, signal);
        await run.start((progress) => onChunks(progress.chunks));
        return run.result.rows;
      } finally {
        batch.dispose();
      }
    } finally {
      for (const model of models) model.dispose();
    }
  }

  async #without(block: number, signal: AbortSignal): Promise<MeasuredModel> {
    const output = join(tmpdir(), `decant-without-${block}-${randomUUID()}.gguf`);
    try {
      await writePruned(this.library, this.file, { dropBlocks: [block], output }, () => undefined, signal, this.options);
      // From here on it has this name: whoever ends the process removes it.
      this.options.onPartial?.(output);
      return await MeasuredModel.open(this.library, output, this.params);
    } finally {
      await rm(output, { force: true });
    }
  }
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
