import type { TensorErrors } from "../../protocol/model";
import { tensorPlace } from "../gguf/tensorNames";

/**
 * How much a relative squared error in a tensor of this role adds to KL divergence, nats, in a model of five blocks. By the
 * linearity theorem (HIGGS, arXiv 2411.17525, theorem 1) the loss grows with the sum of the tensors' relative squared
 * errors while they are small. Geometric means over three models, each measured with one role quantized at a time
 * (docs/forecasts.md).
 */
const sensitivity: Readonly<Record<string, number>> = {
  attn_q: 0.02, attn_k: 0.02, attn_v: 0.088, attn_output: 0.12, ffn_gate: 0.1, ffn_up: 0.106, ffn_down: 0.089, token_embd: 0.34, output: 0.61,
};
const usualSensitivity = 0.09;
/** Where the embedding is the output matrix too, an error in it counts for both. */
const tiedEmbedding = 0.92;
/** In deeper models each block matters less: the exponent agrees with the three models and with llama.cpp's figures for Llama 3 8B. */
const depthExponent = 0.4;
const fittedBlocks = 5;

/**
 * Nats that rounding the activations costs for every quantized matrix: llama.cpp rounds them to 8 bits too, in blocks of 256
 * for the K- and I-quants and of 32 for the others.
 */
const activationCost = { wide: 1e-5, narrow: 2.5e-6 };
const narrowBlocks: ReadonlySet<string> = new Set(["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL", "MXFP4"]);
/**
 * ggml spends up to half a minute on the search tables of these types, so their errors are not sampled: they are about this
 * multiple of the error in Q2_K, within 5 % on average over the tensors of the three models.
 */
const timesQ2K: Readonly<Record<string, number>> = { IQ2_S: 1, IQ2_XS: 1.23, IQ2_XXS: 1.7, IQ1_M: 2.85, IQ1_S: 3.45 };

const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/** What one tensor costs in a type: nats of KL divergence before calibration; undefined where its error was not sampled. */
export type TensorCost = (tensor: TensorErrors, type: string) => number | undefined;

/** The costs of a model's tensors, by the roles that they have in it. */
export function tensorCosts(errors: readonly TensorErrors[]): TensorCost {
  const places = errors.map(({ name }) => tensorPlace(name));
  const tied = !places.some(({ role }) => role === "output");
  const blocks = 1 + Math.max(0, ...places.map(({ block }) => block));
  const depth = (fittedBlocks / blocks) ** depthExponent;
  return (tensor, type) => {
    if (unquantized.has(type)) return 0;
    const error = type === tensor.type ? 0 : errorIn(tensor, type);
    if (error === undefined) return undefined;
    const { block, role } = tensorPlace(tensor.name);
    const weight = role === "token_embd" && tied ? tiedEmbedding : (sensitivity[role] ?? usualSensitivity);
    return weight * (block < 0 ? 1 : depth) * error + (narrowBlocks.has(type) ? activationCost.narrow : activationCost.wide);
  };
}

/**
 * KL divergence, nats, expected of a version whose tensors have these types, before any measurement of the model.
 * Undefined where the error of one of its types was not sampled.
 */
export function uncalibratedKl(errors: readonly TensorErrors[], types: Readonly<Record<string, string>>): number | undefined {
  const costOf = tensorCosts(errors);
  let sum = 0;
  for (const tensor of errors) {
    const cost = costOf(tensor, types[tensor.name] ?? tensor.type);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}

function errorIn({ errors }: TensorErrors, type: string): number | undefined {
  const times = timesQ2K[type];
  if (times === undefined || errors[type] !== undefined) return errors[type];
  return errors["Q2_K"] === undefined ? undefined : times * errors["Q2_K"];
}
