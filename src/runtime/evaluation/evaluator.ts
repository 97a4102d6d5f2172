import { basename } from "node:path";
import { Score } from "../../core/evaluation/score";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredRow } from "../../protocol/model";
import type { MeasureParams, MeasureProgress, MeasureResult } from "../../protocol/rpc";
import { type Chunks, ChunkScorer } from "./chunkScorer";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import type { TokenBatch } from "../ffi/tokenBatch";
import { MeasuredModel } from "./measuredModel";

/** Tokens read and written to measure the speed of generation. */
const generationTokens = 32;

/** A model under measurement and what is known of it so far. */
interface Candidate {
  readonly model: MeasuredModel;
  readonly score: Score;
  generationTokensPerSecond: number;
}

/**
 * Perplexity of a base model and its variants on a text, and how far each variant strays from the base, as
 * llama-perplexity and its --kl-divergence compute them. All models are decoded chunk by chunk, so that
 * the base's logits are needed for one chunk only and no file of them is written.
 */
export async function measure(
  params: MeasureParams,
  onProgress: (progress: MeasureProgress) => void,
  signal: AbortSignal,
): Promise<MeasureResult> {
  checkParams(params);
  const library = openNativeLibrary();
  const silence = library.log.listen(() => {});
  const batch = library.newBatch(params.context);
  const candidates: Candidate[] = [];
  try {
    const chunks = await open(library, params, candidates, signal);
    const run = new MeasuringRun(candidates, chunks, batch, signal);
    await run.start(params.generation, onProgress);
    return { chunks: chunks.count, rows: candidates.map(rowOf) };
  } finally {
    for (const { model } of candidates) model.dispose();
    batch.dispose();
    silence();
  }
}

function checkParams({ context, chunks }: MeasureParams): void {
  if (!Number.isInteger(context) || context < 8) throw new HumanError("badArgument", "The context must be at least 8 tokens.");
  if (chunks !== undefined && (!Number.isInteger(chunks) || chunks < 1)) throw new HumanError("badArgument", "The number of chunks must be at least 1.");
}

/** Loads the base first, then each variant into `candidates`; what stands there is the caller's to free. */
async function open(library: NativeLibrary, params: MeasureParams, candidates: Candidate[], signal: AbortSignal): Promise<Chunks> {
  const load = async (path: string): Promise<MeasuredModel> => {
    if (signal.aborted) throw HumanError.cancelled();
    const model = await MeasuredModel.open(library, path, params);
    candidates.push({ model, score: new Score(), generationTokensPerSecond: 0 });
    return model;
  };
  const base = await load(params.base);
  const tokens = await base.tokenize(params.text);
  const chunks = cut(tokens, params);
  for (const path of params.variants) {
    const variant = await load(path);
    await checkVocabulary(base, tokens, variant, params.text);
  }
  return chunks;
}

/** Two chunks at least, as llama-perplexity asks: fewer positions say nothing about a model. */
function cut(tokens: Int32Array, { context, chunks }: MeasureParams): Chunks {
  if (tokens.length < 2 * context) {
    throw new HumanError("textTooShort", `The text has ${tokens.length} tokens, but measuring with a context of ${context} needs at least ${2 * context}: take a longer text or a smaller context.`);
  }
  const most = Math.floor(tokens.length / context);
  return { tokens, context, count: Math.min(chunks ?? most, most) };
}

async function checkVocabulary(base: MeasuredModel, tokens: Int32Array, variant: MeasuredModel, text: string): Promise<void> {
  const names = `${basename(variant.path)} and ${basename(base.path)}`;
  if (variant.vocabSize !== base.vocabSize) {
    throw new HumanError("vocabularyMismatch", `${names} have different vocabularies (${variant.vocabSize} and ${base.vocabSize} tokens): compare versions of one model.`);
  }
  const own = await variant.tokenize(text);
  if (own.length !== tokens.length || own.some((token, index) => token !== tokens[index])) {
    throw new HumanError("vocabularyMismatch", `${names} cut the text into different tokens: compare versions of one model.`);
  }
}

class MeasuringRun {
  readonly #scorer: ChunkScorer;
  readonly #wanted: Int8Array;

  constructor(
    private readonly candidates: readonly Candidate[],
    private readonly chunks: Chunks,
    private readonly batch: TokenBatch,
    private readonly signal: AbortSignal,
  ) {
    this.#scorer = new ChunkScorer(chunks, candidates[0]?.model.vocabSize ?? 0);
    this.#wanted = this.#scorer.wanted;
  }

  async start(generation: boolean, onProgress: (progress: MeasureProgress) => void): Promise<void> {
    const totalChunks = this.chunks.count;
    const steps = totalChunks + (generation ? 1 : 0);
    const report = (chunks: number, step: number): void =>
      onProgress({ chunks, totalChunks, fraction: step / steps, rows: this.candidates.map(rowOf), added: [] });
    for (const { model } of this.candidates) {
      this.#checkAborted();
      await model.warmUp(this.batch);
    }
    for (let chunk = 0; chunk < totalChunks; chunk++) {
      await this.#measureChunk(chunk);
      report(chunk + 1, chunk + 1);
    }
    if (!generation) return;
    const prompt = this.chunks.tokens.slice(0, Math.min(generationTokens, this.chunks.context / 2));
    for (const candidate of this.candidates) {
      this.#checkAborted();
      const room = this.chunks.context - prompt.length;
      candidate.generationTokensPerSecond = await candidate.model.generationSpeed(this.batch, prompt, Math.min(generationTokens, room), this.signal);
    }
    report(totalChunks, steps);
  }

  async #measureChunk(chunk: number): Promise<void> {
    const { tokens, context } = this.chunks;
    for (const [index, { model, score }] of this.candidates.entries()) {
      this.#checkAborted();
      const own = tokens.slice(chunk * context, (chunk + 1) * context);
      if (model.bos !== undefined) own[0] = model.bos;
      await model.decodeChunk(this.batch, own, this.#wanted);
      this.#checkAborted();
      const scored = index === 0 ? this.#scorer.scoreBase(chunk, model, score) : this.#scorer.scoreVariant(chunk, model, score);
      await scored.catch((error: unknown) => { throw namedAfter(model, error); });
    }
  }

  #checkAborted(): void {
    if (this.signal.aborted) throw HumanError.cancelled();
  }
}

/** The arithmetic does not know whose numbers it sees. */
function namedAfter({ path }: MeasuredModel, error: unknown): unknown {
  if (!(error instanceof HumanError)) return error;
  return new HumanError(error.code, `${basename(path)}: ${error.message}`, { cause: error });
}

function rowOf({ model, score, generationTokensPerSecond }: Candidate): MeasuredRow {
  return {
    path: model.path,
    type: model.type,
    bytes: model.layout.fileBytes,
    bitsPerWeight: model.bitsPerWeight,
    ...score.figures,
    promptTokensPerSecond: model.promptTokensPerSecond,
    generationTokensPerSecond,
    chunks: 0,
  };
}
