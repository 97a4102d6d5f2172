import { HumanError } from "../../protocol/humanError";
import type { HeatToken } from "../../protocol/documents";
import type { HeatParams, HeatProgress, HeatResult } from "../../protocol/rpc";
import { openNativeLibrary } from "../ffi/library";
import { checkBothFit } from "./heatMemory";
import { HeatScorer } from "./heatScorer";
import { type HeatWindow, heatWindows } from "./heatWindows";
import { MeasuredModel } from "./measuredModel";
import { checkSameModel, checkSameVocabulary } from "./sameModel";
import { tokenPlaces } from "./tokenPlaces";

/** Tokens of a text: some 400 pages, whose map takes about 200 MB. */
const mostTokens = 200_000;

/**
 * Token by token how far a variant strays from its base: the KL divergence of the two distributions at the position before
 * it. Windows are decoded as measuring decodes chunks, so both agree on the positions that both score. Tokens are reported
 * window by window. Throws a HumanError when the models are not of one vocabulary or do not
 * fit in memory, or when there is nothing or too much to read.
 */
export async function heat(params: HeatParams, onProgress: (progress: HeatProgress) => void, signal: AbortSignal): Promise<HeatResult> {
  const { text, context } = params;
  if (!Number.isInteger(context) || context < 8) throw new HumanError("badArgument", "The context must be at least 8 tokens.");
  if (text.trim() === "") throw new HumanError("textTooShort", "There is no text to compare the models on: choose one with words in it.");
  checkBothFit(params.base, params.variant);
  const library = openNativeLibrary();
  const silence = library.log.listen(() => {});
  const models: MeasuredModel[] = [];
  const open = async (path: string): Promise<MeasuredModel> => {
    if (signal.aborted) throw HumanError.cancelled();
    const model = await MeasuredModel.open(library, path, params);
    models.push(model);
    return model;
  };
  const batch = library.newBatch(context);
  try {
    const base = await open(params.base);
    const tokens = await base.tokenize(text);
    if (tokens.length > mostTokens) throw new HumanError("badArgument", `The text has ${tokens.length} tokens, more than the ${mostTokens} that are compared. Choose a part of it.`);
    const variant = await open(params.variant);
    await checkSameVocabulary(base, tokens, variant, text);
    checkSameModel(base, variant);
    for (const model of models) await model.prepare(1, params);

    const places = tokenPlaces(text, Array.from(tokens, (token) => base.piece(token)));
    const scorer = new HeatScorer(base, variant);
    const windows = heatWindows(tokens.length, context);
    let scored = 0;
    let sum = 0;
    for (const [index, window] of windows.entries()) {
      for (const model of models) {
        if (signal.aborted) throw HumanError.cancelled();
        await model.decodeChunks(batch, tokensOf(tokens, window, model.bos), wanted(window));
      }
      const found: HeatToken[] = [];
      for (let place = window.first; place < window.end; place++) {
        const next = window.start + place + 1;
        const own = scorer.score(place, tokens[next] ?? 0);
        sum += own.kl;
        scored++;
        found.push({ ...(places[next] ?? { start: text.length, end: text.length }), ...own });
      }
      onProgress({ fraction: (index + 1) / windows.length, tokens: found });
    }
    return { meanKl: scored > 0 ? sum / scored : 0, tokens: scored };
  } finally {
    for (const model of models) model.dispose();
    batch.dispose();
    silence();
  }
}

/** As in measuring, every window begins as a text does. */
function tokensOf(tokens: Int32Array, { start, length }: HeatWindow, bos: number | undefined): Int32Array {
  const own = tokens.slice(start, start + length);
  if (bos !== undefined) own[0] = bos;
  return own;
}

function wanted({ length, first, end }: HeatWindow): Int8Array {
  return Int8Array.from({ length }, (_, place) => (place >= first && place < end ? 1 : 0));
}
