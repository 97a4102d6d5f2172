import { setImmediate } from "node:timers/promises";
import { HumanError } from "../../protocol/humanError";
import type { TokenBatch } from "../ffi/tokenBatch";
import type { MeasuredModel } from "./measuredModel";

/** Tokens written and read, as llama-bench's tests tg128 and pp512 have them. */
const generated = 128;
const prompt = 512;
/** A slow model has shown its speed after these; its further tokens are not waited for. */
const enoughTokens = 32;
const enoughSeconds = 5;
/** Seconds per token up to which decoding stays on this thread: on a busy machine a change of threads takes a millisecond. */
const fast = 0.05;
/** Milliseconds on this thread after which messages are let in. */
const breath = 30;

export interface Speeds {
  readonly promptTokensPerSecond: number;
  readonly generationTokensPerSecond: number;
}

/**
 * What llama-bench measures: random tokens, one at a time from an empty context, each until it is done; and one prompt
 * of which only the last token's logits are wanted. The time between the calls is not counted.
 */
export async function measureSpeeds(model: MeasuredModel, batch: TokenBatch, signal: AbortSignal): Promise<Speeds> {
  const random = (count: number): Int32Array => Int32Array.from({ length: count }, () => Math.floor(Math.random() * model.vocabSize));
  return {
    promptTokensPerSecond: await promptSpeed(model, batch, random(Math.min(prompt, batch.perSequence)), signal),
    generationTokensPerSecond: await generationSpeed(model, batch, random(Math.min(generated, batch.perSequence)), signal),
  };
}

async function promptSpeed(model: MeasuredModel, batch: TokenBatch, tokens: Int32Array, signal: AbortSignal): Promise<number> {
  const wanted = new Int8Array(tokens.length).fill(1, -1);
  let [seconds, runs] = [0, 0];
  while (runs < 5 && seconds < 0.5) {
    if (signal.aborted) throw HumanError.cancelled();
    model.forget();
    batch.fill(tokens, 0, wanted);
    seconds += await model.decode(batch);
    runs++;
  }
  return (runs * tokens.length) / seconds;
}

async function generationSpeed(model: MeasuredModel, batch: TokenBatch, tokens: Int32Array, signal: AbortSignal): Promise<number> {
  const one = Int8Array.of(1);
  let [seconds, done, last, paused] = [0, 0, 0, performance.now()];
  model.forget();
  for (const [position, token] of tokens.entries()) {
    batch.fill(Int32Array.of(token), position, one);
    last = position > 0 && last < fast ? model.decodeHere(batch) : await model.decode(batch);
    // The first one pays for a graph of another shape, and is llama-bench's warm-up.
    if (position > 0) [seconds, done] = [seconds + last, done + 1];
    if (done >= enoughTokens && seconds > enoughSeconds) break;
    if (performance.now() - paused < breath) continue;
    await setImmediate();
    if (signal.aborted) throw HumanError.cancelled();
    paused = performance.now();
  }
  return seconds > 0 ? done / seconds : 0;
}
