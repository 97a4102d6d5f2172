import type { Random } from "./random";

/**
 * A token drawn from softmax(logits / temperature) by its cumulative distribution. Training on such labels has in the mean
 * the gradient of the soft-label loss (cross-entropy to the teacher's distribution), whatever label each draw gives.
 */
export function drawLabel(logits: Float32Array, temperature: number, random: Random): number {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - most) / temperature);
  let left = random.next() * sum;
  for (let token = 0; token < logits.length; token++) {
    left -= Math.exp((logits[token]! - most) / temperature);
    if (left <= 0) return token;
  }
  return logits.length - 1;
}
