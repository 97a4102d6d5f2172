import type { Random } from "./random";

/**
 * A token drawn from softmax(logits / temperature) by its cumulative distribution. Training on such labels has in the mean
 * the gradient of the soft-label loss (cross-entropy to the teacher's distribution), whatever label each draw gives.
 */
export function drawLabel(logits: Float32Array, temperature: number, random: Random): number {
  const most = largest(logits);
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - most) / temperature);
  let left = random.next() * sum;
  for (let token = 0; token < logits.length; token++) {
    left -= Math.exp((logits[token]! - most) / temperature);
    if (left <= 0) return token;
  }
  return logits.length - 1;
}

/** softmax(logits / temperature), into `out` (which may be the logits themselves). */
export function softmax(logits: Float32Array, temperature: number, out: Float32Array): void {
  const most = largest(logits);
  const scale = 1 / temperature;
  let sum = 0;
  for (let token = 0; token < logits.length; token++) sum += out[token] = Math.exp((logits[token]! - most) * scale);
  const share = 1 / sum;
  for (let token = 0; token < out.length; token++) out[token]! *= share;
}

/** (1 − share) · distribution + share · (1 for the token that follows), in place (Hinton et al., arXiv 1503.02531). */
export function mixWithToken(distribution: Float32Array, next: number, share: number): void {
  if (share <= 0) return;
  for (let token = 0; token < distribution.length; token++) distribution[token]! *= 1 - share;
  distribution[next]! += share;
}

/** Cross-entropy of what the logits foretell, −Σ label · ln softmax(logits), nats. */
export function crossEntropy(distribution: Float32Array, logits: Float32Array): number {
  const logPartition = logSumExp(logits);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) {
    const label = distribution[token]!;
    if (label > 0) sum += label * (logPartition - logits[token]!);
  }
  return sum;
}

/** The same for one token that is certain. */
export function surprise(next: number, logits: Float32Array): number {
  return logSumExp(logits) - logits[next]!;
}

function logSumExp(logits: Float32Array): number {
  const most = largest(logits);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return most + Math.log(sum);
}

function largest(values: Float32Array): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}
