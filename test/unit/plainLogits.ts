/** The formulas of perplexity and KL divergence in plain double precision: what the fast arithmetic is held against. */
import { notFinite } from "../../src/core/evaluation/notFinite";

/** What a model expects at one position: the logarithm of a token's probability is its logit less `logPartition`. */
export interface Prediction {
  /** One for each token of the vocabulary. */
  readonly logits: Float32Array;
  /** ln Σ exp(logit), in double precision: a logarithm of a probability in single precision would drown small divergences. */
  readonly logPartition: number;
  /** The most likely token, the first one of equals. */
  readonly top: number;
}

/**
 * Normalises logits (log-softmax). The largest is taken off before exponentials are summed, so that none overflows.
 * Throws a HumanError when the model gave a number that is not finite.
 */
export function predictionOf(logits: Float32Array): Prediction {
  const top = indexOfLargest(logits);
  const largest = logits[top] ?? Number.NaN;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += Math.exp((logits[index] ?? 0) - largest);
  const logPartition = largest + Math.log(sum);
  if (!Number.isFinite(logPartition)) throw notFinite();
  return { logits, logPartition, top };
}

export function indexOfLargest(values: Float32Array): number {
  let top = 0;
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[top] ?? 0)) top = index;
  return top;
}

export function logProbability({ logits, logPartition }: Prediction, token: number): number {
  return (logits[token] ?? Number.NaN) - logPartition;
}

/** Below this log-probability (1e-7) a token of the base adds nothing; llama-perplexity leaves it out likewise. */
const negligible = -16;

/**
 * Kullback-Leibler divergence of a variant from its base at one position, in nats: Σ p_base · (ln p_base − ln p_variant).
 * Both are over the same vocabulary.
 */
export function klDivergence(base: Prediction, variant: Prediction): number {
  const [baseLogits, variantLogits] = [base.logits, variant.logits];
  let sum = 0;
  for (let index = 0; index < baseLogits.length; index++) {
    const p = (baseLogits[index] ?? 0) - base.logPartition;
    if (p > negligible) sum += Math.exp(p) * (p - ((variantLogits[index] ?? 0) - variant.logPartition));
  }
  return sum;
}
