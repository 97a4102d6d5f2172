import { HumanError } from "../../protocol/humanError";
import type { AdapterUse } from "../../protocol/model";
import type { MeasureParams, MeasureProgress, MeasureResult } from "../../protocol/rpc";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import type { TokenBatch } from "../ffi/tokenBatch";
import { type Chunks, cut, scoredPositions, sequencesAtOnce } from "./chunks";
import { MeasuredModel } from "./measuredModel";
import { MeasuringRun } from "./measuringRun";
import { checkAdapters } from "../inference/adapters";
import { readHeader } from "../gguf/headerFile";
import { checkSameModel, checkSameVocabulary } from "./sameModel";

/**
 * Perplexity of a base model and its variants on a text, and how far each variant strays from the base, as
 * llama-perplexity and its --kl-divergence compute them. All models are decoded chunk by chunk, so that
 * the base's logits are needed for a few chunks only and no file of them is written.
 */
export async function measure(
  params: MeasureParams,
  onProgress: (progress: MeasureProgress) => void,
  signal: AbortSignal,
): Promise<MeasureResult> {
  checkParams(params);
  const library = openNativeLibrary();
  const silence = library.log.listen(() => {});
  const models: MeasuredModel[] = [];
  let batch: TokenBatch | undefined;
  try {
    const chunks = await open(library, params, models, signal);
    checkResume(params, chunks);
    const sequences = sequencesAtOnce(params.context, models[0]?.vocabSize ?? 0);
    for (const model of models) {
      if (signal.aborted) throw HumanError.cancelled();
      await model.prepare(sequences, params);
    }
    batch = library.newBatch(sequences * params.context, params.context);
    const run = new MeasuringRun(models, chunks, batch, params, signal);
    await run.start(onProgress);
    return run.result;
  } finally {
    for (const model of models) model.dispose();
    batch?.dispose();
    silence();
  }
}

function checkParams({ context, chunks }: MeasureParams): void {
  if (!Number.isInteger(context) || context < 8) throw new HumanError("badArgument", "The context must be at least 8 tokens.");
  if (chunks !== undefined && (!Number.isInteger(chunks) || chunks < 1)) throw new HumanError("badArgument", "The number of chunks must be at least 1.");
}

/** A state must be of the same models, and hold just the positions of the chunks that are done. */
function checkResume({ resume, variants, adapted = [], context }: MeasureParams, chunks: Chunks): void {
  if (!resume) return;
  const positions = resume.chunks * scoredPositions(context).count;
  const whole = resume.states.every((state, index) => state.positions === positions && state.divergences.length === (index === 0 ? 0 : positions));
  if (resume.states.length !== 1 + variants.length + adapted.length || !whole || resume.chunks > chunks.count) {
    throw new HumanError("badArgument", "The earlier measurement was of other models or in other chunks, so this one cannot go on from it: measure from the beginning.");
  }
}

/** Loads the base first, then each variant into `models`; what stands there is the caller's to free. */
async function open(library: NativeLibrary, params: MeasureParams, models: MeasuredModel[], signal: AbortSignal): Promise<Chunks> {
  const load = async (path: string, adapters: readonly AdapterUse[] = []): Promise<MeasuredModel> => {
    if (signal.aborted) throw HumanError.cancelled();
    if (adapters.length > 0) await checkAdapters(readHeader(path), adapters);
    const model = await MeasuredModel.open(library, path, params, adapters);
    models.push(model);
    return model;
  };
  const base = await load(params.base);
  const tokens = await base.tokenize(params.text);
  const chunks = cut(tokens, params);
  for (const { path, adapters } of [...params.variants.map((path) => ({ path, adapters: [] })), ...(params.adapted ?? [])]) {
    const variant = await load(path, adapters);
    await checkSameVocabulary(base, tokens, variant, params.text);
    if (!params.otherShapes) checkSameModel(base, variant);
  }
  return chunks;
}
