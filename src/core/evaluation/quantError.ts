import type { TensorErrors } from "../../protocol/model";
import { tensorPlace } from "../gguf/tensorNames";

/**
 * How much a relative squared error in a tensor of this role adds to KL divergence, nats. By the linearity theorem
 * (HIGGS, arXiv 2411.17525, theorem 1) the loss grows with the sum of the tensors' relative squared errors while they
 * are small; the factors were fitted on three models (docs/forecasts.md). What is not listed counts as the median.
 */
const sensitivity: Readonly<Record<string, number>> = {
  attn_q: 0.046, attn_k: 0.046, attn_v: 0.065, attn_output: 0.073, ffn_gate: 0.053, ffn_up: 0.053, ffn_down: 0.108, token_embd: 0.06, output: 0.06,
};
const usualSensitivity = 0.06;

/**
 * Relative squared error of the activations that a quantized matrix is multiplied with: llama.cpp rounds them to 8 bits
 * too, in blocks of 256 for the K- and I-quants and of 32 for the others. Fitted with the sensitivities.
 */
const activationError = { wide: 2.5e-4, narrow: 6e-5 };
const narrowBlocks: ReadonlySet<string> = new Set(["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL", "MXFP4"]);
const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/** KL divergence, nats, that this tensor alone is expected to cost in a type; undefined where its error was not sampled. */
export function tensorCost(tensor: TensorErrors, type: string): number | undefined {
  if (unquantized.has(type)) return 0;
  const error = type === tensor.type ? 0 : tensor.errors[type];
  if (error === undefined) return undefined;
  const activations = narrowBlocks.has(type) ? activationError.narrow : activationError.wide;
  return (sensitivity[tensorPlace(tensor.name).role] ?? usualSensitivity) * (error + activations);
}

/**
 * KL divergence, nats, expected of a version whose tensors have these types, before any measurement of the model.
 * Undefined where the error of one of its types was not sampled.
 */
export function uncalibratedKl(errors: readonly TensorErrors[], types: Readonly<Record<string, string>>): number | undefined {
  let sum = 0;
  for (const tensor of errors) {
    const cost = tensorCost(tensor, types[tensor.name] ?? tensor.type);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}
