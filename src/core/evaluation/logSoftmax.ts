import { HumanError } from "../../protocol/humanError";

/**
 * Natural logarithms of the probabilities that logits stand for, written to `out` (which may be `logits` itself).
 * The largest logit is taken off first, so that no exponential overflows. Returns the index of the largest,
 * the first one of equals. Throws a HumanError when the model gave a number that is not finite.
 */
export function logSoftmax(logits: Float32Array, out: Float32Array | Float64Array): number {
  const top = indexOfLargest(logits);
  const largest = logits[top] ?? Number.NaN;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += Math.exp((logits[index] ?? 0) - largest);
  const shift = largest + Math.log(sum);
  if (!Number.isFinite(shift)) {
    throw new HumanError("failed", "The model computes numbers that are not finite: its file is damaged, or this level ruins it.");
  }
  for (let index = 0; index < logits.length; index++) out[index] = (logits[index] ?? 0) - shift;
  return top;
}

/** The first of equals, as llama-perplexity counts a model's most likely token. */
export function indexOfLargest(values: Float32Array | Float64Array): number {
  let top = 0;
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[top] ?? 0)) top = index;
  return top;
}

/** Below this log-probability (1e-7) a token of the base adds nothing; llama-perplexity leaves it out likewise. */
const negligible = -16;

/**
 * Kullback-Leibler divergence of a variant from its base at one position, in nats: Σ p_base · (ln p_base − ln p_variant).
 * Both are log-probabilities over the same vocabulary.
 */
export function klDivergence(base: Float32Array | Float64Array, variant: Float32Array | Float64Array): number {
  let sum = 0;
  for (let index = 0; index < base.length; index++) {
    const p = base[index] ?? 0;
    if (p > negligible) sum += Math.exp(p) * (p - (variant[index] ?? 0));
  }
  return sum;
}
