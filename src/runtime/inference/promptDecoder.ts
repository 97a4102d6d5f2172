import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { HumanError } from "../../protocol/humanError";

/** Tokens that are decoded at once: few at first, then as many as take about so many milliseconds. */
const firstSlice = 64;
const largestSlice = 512;
const sliceMilliseconds = 350;

/**
 * Puts a prompt into the sequence but for its last token, whose successor is asked for next. What the sequence holds
 * already is not decoded again; how many tokens that spared is answered. Stops between slices when it is aborted.
 */
export async function decodePrompt(
  sequence: LlamaContextSequence, prompt: readonly Token[], signal: AbortSignal, onDecoded: (tokens: number) => void,
): Promise<number> {
  let place = await keepShared(sequence, prompt);
  const reused = place;
  let slice = firstSlice;
  while (place < prompt.length - 1) {
    if (signal.aborted) throw HumanError.cancelled();
    const tokens = prompt.slice(place, Math.min(place + slice, prompt.length - 1));
    const started = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    const took = performance.now() - started;
    onDecoded(tokens.length);
    place += tokens.length;
    slice = Math.max(8, Math.min(largestSlice, 2 * slice, Math.round((tokens.length * sliceMilliseconds) / Math.max(1, took))));
  }
  if (signal.aborted) throw HumanError.cancelled();
  return reused;
}

/**
 * Leaves in the sequence what it shares with the beginning of the prompt, and answers how many tokens that is. A model
 * with a sliding or recurrent memory cannot forget a part of it, so it begins anew: node-llama-cpp would decode the shared
 * tokens a second time in one go, which nobody could stop.
 */
async function keepShared(sequence: LlamaContextSequence, prompt: readonly Token[]): Promise<number> {
  const shared = Math.min(sequence.compareContextTokens([...prompt]).firstDifferentIndex, prompt.length - 1);
  if (shared === sequence.nextTokenIndex) return shared;
  if (sequence.needsCheckpoints || shared === 0) {
    await sequence.clearHistory();
    return 0;
  }
  await sequence.eraseContextTokenRanges([{ start: shared, end: sequence.nextTokenIndex }]);
  return sequence.nextTokenIndex;
}
