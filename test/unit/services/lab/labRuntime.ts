import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlockRanking, GptqParams, MergeParams, PruneParams, RankBlocksParams, SparsifyParams, TrainParams } from "../../../../src/protocol/compression";
import { HumanError } from "../../../../src/protocol/humanError";
import type { MeasuredRow } from "../../../../src/protocol/model";
import type { CalibrateParams, CancellationToken, MeasureParams, QuantizeParams, SizesParams } from "../../../../src/protocol/rpc";
import { CompressionJobs } from "../../../../src/services/compressionJobs";
import { ImportanceMatrices } from "../../../../src/services/importanceMatrices";
import { JsonStore } from "../../../../src/services/jsonStore";
import type { LabParts } from "../../../../src/services/lab/labParts";
import type { Runtime } from "../../../../src/services/ports";
import { ggufBytes } from "../../ggufBytes";

/** A llama of so many blocks, width 32 and 64 neurons, without some kinds of matrices; the note makes its content its own. */
export function tinyLlama(blocks: number, note: string, without: readonly string[] = [], vocabulary = 40): Buffer {
  const metadata = {
    "general.architecture": "llama", "general.file_type": 0, "llama.block_count": blocks, "llama.embedding_length": 32, "llama.feed_forward_length": 64, "llama.context_length": 128,
    "llama.attention.head_count": 2, "llama.vocab_size": vocabulary, "decant.note": note,
  };
  const block = (number: number): readonly (readonly [string, number, number])[] => [
    [`blk.${number}.attn_q.weight`, 32, 32], [`blk.${number}.attn_output.weight`, 32, 32], [`blk.${number}.ffn_gate.weight`, 32, 64], [`blk.${number}.ffn_up.weight`, 32, 64], [`blk.${number}.ffn_down.weight`, 64, 32],
  ];
  const matrices = [["token_embd.weight", 32, vocabulary] as const, ...Array.from({ length: blocks }, (_, number) => block(number)).flat()].filter(([name]) => !without.some((role) => name.includes(`.${role}.`)));
  return ggufBytes(metadata, matrices.map(([name, ...shape]) => ({ name, shape })));
}

export const blocksOfTiny = 4;

/** Writes small files where the real one would compute; fails, or is slow to be cancelled, where a test wants it to. */
export class LabRuntime {
  /** What was asked, e.g. "prune", "measure". */
  readonly asked: string[] = [];
  readonly prunes: PruneParams[] = [];
  readonly trainings: TrainParams[] = [];
  readonly quantizations: QuantizeParams[] = [];
  readonly measurements: MeasureParams[] = [];
  readonly rankings: RankBlocksParams[] = [];
  readonly calibrations: CalibrateParams[] = [];
  /** Thrown by the call of that name, after its first report. */
  fault: (call: string) => Error | undefined = () => undefined;
  kl: (path: string) => number = () => 0.1;
  f1 = 0.8;
  freeMemory = 2 ** 33;
  #written = 0;

  async *rankBlocks(params: RankBlocksParams, token: CancellationToken): ReturnType<Runtime["rankBlocks"]> {
    this.rankings.push(params);
    yield* this.#begin("rank", token);
    const blocks: BlockRanking["blocks"] = [0.5, 0.1, 0.3, 0.7].map((influence, block) => ({ block, influence, ...(params.leaveOut && { without: { perplexity: 60 - 10 * influence, kl: influence } }) }));
    yield { kind: "result", result: { blocks, tokens: 128, seconds: 1 } };
  }
  async *prune(params: PruneParams, token: CancellationToken): ReturnType<Runtime["prune"]> {
    this.prunes.push(params);
    yield* this.#begin("prune", token);
    const blocks = blocksOfTiny - params.dropBlocks.length;
    const bytes = await this.#write(params.output, blocks);
    yield { kind: "result", result: { path: params.output, bytes, parameters: 1, blocks, feedForward: 64, notes: [], seconds: 1 } };
  }
  async *sparsify(params: SparsifyParams, token: CancellationToken): ReturnType<Runtime["sparsify"]> {
    yield* this.#begin("sparsify", token);
    const bytes = await this.#write(params.output);
    yield { kind: "result", result: { path: params.output, bytes, zeros: params.sparsity, tensors: 1, notes: ["Sparse."], seconds: 1 } };
  }
  async *gptq(params: GptqParams, token: CancellationToken): ReturnType<Runtime["gptq"]> {
    yield* this.#begin("gptq", token);
    const bytes = await this.#write(params.output);
    yield { kind: "result", result: { path: params.output, type: params.type, bytes, bitsPerWeight: 4.5, fallbacks: 0, seconds: 1, compensated: 5, outputError: { compensated: 0.1, plain: 0.2 }, notes: [] } };
  }
  /** Keeps a checkpoint when it is cancelled or fails, as the real one does. */
  async *train(params: TrainParams, token: CancellationToken): ReturnType<Runtime["train"]> {
    this.trainings.push(params);
    await mkdir(params.checkpoint, { recursive: true });
    await writeFile(join(params.checkpoint, "checkpoint.json"), checkpointText(params));
    this.asked.push("train");
    yield { kind: "progress", progress: { phase: "training", step: 1, steps: 2, epoch: 0, fraction: 0.5, tokensPerSecond: 100, points: [{ step: 1, loss: 3, learningRate: 1e-3 }] } };
    this.#end("train", token);
    rmSync(params.checkpoint, { recursive: true });
    const bytes = await this.#write(params.output);
    const points = [{ step: 1, loss: 3, learningRate: 1e-3 }, { step: 2, loss: 2, validation: 2.5, learningRate: 1e-4 }];
    yield { kind: "result", result: { path: params.output, bytes, steps: 2, validationBefore: 4, validationBest: 2.5, bestStep: 2, stopped: "finished", points, tokens: 256, tokensPerSecond: 100, seconds: 2, notes: [] } };
  }
  async *mergeAdapter(params: MergeParams, token: CancellationToken): ReturnType<Runtime["mergeAdapter"]> {
    yield* this.#begin("merge", token);
    const bytes = await this.#write(params.output);
    yield { kind: "result", result: { path: params.output, bytes, changed: 1, notes: [], seconds: 1 } };
  }
  async *quantize(params: QuantizeParams, token: CancellationToken): ReturnType<Runtime["quantize"]> {
    this.quantizations.push(params);
    this.asked.push("quantize");
    yield { kind: "progress", progress: { tensor: 1, tensors: 2 } };
    this.#end("quantize", token);
    const bytes = await this.#write(params.output);
    yield { kind: "result", result: { path: params.output, type: params.recipe.type, bytes, bitsPerWeight: 4.5, fallbacks: 0, seconds: 1 } };
  }
  async *calibrate(params: CalibrateParams, token: CancellationToken): ReturnType<Runtime["calibrate"]> {
    this.calibrations.push(params);
    this.asked.push("calibrate");
    yield { kind: "progress", progress: { chunk: 1, totalChunks: 2 } };
    this.#end("calibrate", token);
    await this.#write(params.output);
    yield { kind: "result", result: { path: params.output, tensors: 1, chunks: 1, chunkSize: 128, datasets: [] } };
  }
  async *measure(params: MeasureParams, token: CancellationToken): ReturnType<Runtime["measure"]> {
    this.measurements.push(params);
    this.asked.push("measure");
    const row = (path: string, index: number): MeasuredRow => ({
      path, type: "F32", bytes: 1, bitsPerWeight: 32, perplexity: { value: index === 0 ? 50 : 55, error: 0.1 }, promptTokensPerSecond: 1000, generationTokensPerSecond: 10, chunks: 1,
      ...(index > 0 && { kl: { mean: this.kl(path), error: 0.01, median: 0.1, p99: 0.2 }, top1Agreement: 0.9 }),
    });
    const rows = [params.base, ...params.variants, ...(params.adapted ?? []).map(({ path }) => path)].map(row);
    yield { kind: "progress", progress: { chunks: 1, totalChunks: 2, fraction: 0.5, rows, added: [] } };
    this.#end("measure", token);
    yield { kind: "result", result: { chunks: 2, rows } };
  }
  async sizes({ recipes }: SizesParams): ReturnType<Runtime["sizes"]> {
    const tensorTypes = Object.fromEntries(Array.from({ length: blocksOfTiny }, (_, block) => [`blk.${block}.ffn_up.weight`, "Q4_0"] as const));
    return recipes.map(({ type }) => ({ type, bytes: 5000, bitsPerWeight: 4.5, fallbacks: 0, tensorTypes }));
  }
  findings = async ({ texts }: { readonly texts: readonly string[] }): ReturnType<Runtime["findings"]> => texts.map(() => []);
  machine = async () => ({ totalMemory: 2 ** 34, freeMemory: this.freeMemory, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 2 });

  parts(folder: string): LabParts {
    const runtime = this as unknown as Runtime;
    const log = { info: () => {}, error: () => {} };
    const jobs = new CompressionJobs(runtime, { threads: () => 1 });
    return { runtime, jobs, matrices: new ImportanceMatrices(runtime, jobs, log, () => 1), store: new JsonStore(join(folder, "store"), log), log, threads: () => 1 };
  }

  async *#begin(call: string, token: CancellationToken): AsyncGenerator<{ readonly kind: "progress"; readonly progress: { readonly done: number; readonly all: number } }> {
    this.asked.push(call);
    yield { kind: "progress", progress: { done: 1, all: 2 } };
    this.#end(call, token);
  }

  #end(call: string, token: CancellationToken): void {
    if (token.isCancellationRequested) throw HumanError.cancelled();
    const fault = this.fault(call);
    if (fault) throw fault;
  }

  async #write(output: string, blocks = blocksOfTiny): Promise<number> {
    const bytes = tinyLlama(blocks, `${output} ${this.#written++}`);
    await writeFile(output, bytes, { flag: "wx" });
    return bytes.length;
  }
}

function checkpointText({ student, output }: TrainParams): string {
  const file = { name: "values-1.gguf", bytes: 1 };
  return JSON.stringify({ format: 1, fingerprint: "a", student, output, step: 1, steps: 2, points: [], stopping: { best: 3, since: 0 }, bestStep: 1, validationBefore: 4, tokens: 128, seconds: 1, values: file, best: file });
}
