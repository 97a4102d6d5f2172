/** Linear layers quantized as GPTQ checkpoints keep them, by plain rounding, for tests of whole checkpoints. */
import { toHalves, fromHalves } from "../src/core/conversion/gptq/halfPrecision";
import type { CheckpointTensor } from "./checkpoint";

export interface GptqOptions {
  readonly bits: 2 | 4 | 8;
  readonly groupSize: number;
  readonly symmetric: boolean;
  /** Inputs in the order in which they fill the groups; as they stand by default. */
  readonly order?: readonly number[];
}

export interface GptqLayer {
  /** By the end of their names: qweight, qzeros, scales, g_idx. */
  readonly parts: Readonly<Record<string, CheckpointTensor>>;
  /** scale · (code − zero) of each weight: [outputs][inputs]. */
  readonly dequantized: Float32Array;
}

/** `weights` is [outputs][inputs]; outputs are a multiple of 16. The format is "gptq": zeros are stored minus one. */
export function gptqLayer(weights: Float32Array, inputs: number, { bits, groupSize, symmetric, order }: GptqOptions): GptqLayer {
  const outputs = weights.length / inputs;
  const groups = inputs / groupSize;
  const most = 2 ** bits - 1;
  const perWord = 32 / bits;
  const groupOf = new Int32Array(inputs);
  for (let place = 0; place < inputs; place++) groupOf[order?.[place] ?? place] = Math.floor(place / groupSize);
  const scales = new Float32Array(groups * outputs);
  const zeros = new Int32Array(groups * outputs);
  const qzeros = new Int32Array((groups * outputs) / perWord);
  for (let group = 0; group < groups; group++) {
    for (let output = 0; output < outputs; output++) {
      let [low, high] = [0, 0];
      for (let input = 0; input < inputs; input++) {
        if (groupOf[input] !== group) continue;
        low = Math.min(low, weights[output * inputs + input]!);
        high = Math.max(high, weights[output * inputs + input]!);
      }
      if (symmetric) [low, high] = [-Math.max(-low, high), Math.max(-low, high)];
      const at = group * outputs + output;
      scales[at] = fromHalves(toHalves(Float32Array.of((high - low) / most)))[0]!;
      // A zero of 0 is stored in two ways by different programs; no group of a trained model is without a negative weight.
      zeros[at] = symmetric ? (most + 1) / 2 : Math.max(1, Math.min(most, Math.round(-low / scales[at]!)));
      qzeros[Math.floor(at / perWord)]! |= (zeros[at]! - 1) << (bits * (output % perWord));
    }
  }
  const qweight = new Int32Array((inputs / perWord) * outputs);
  const dequantized = new Float32Array(weights.length);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const at = groupOf[input]! * outputs + output;
      const code = Math.max(0, Math.min(most, Math.round(weights[output * inputs + input]! / scales[at]!) + zeros[at]!));
      qweight[Math.floor(input / perWord) * outputs + output]! |= code << (bits * (input % perWord));
      dequantized[output * inputs + input] = scales[at]! * (code - zeros[at]!);
    }
  }
  const tensor = (dtype: string, shape: readonly number[], { buffer }: Int32Array | Uint16Array): CheckpointTensor => ({ dtype, shape, data: new Uint8Array(buffer) });
  return {
    dequantized,
    parts: {
      qweight: tensor("I32", [inputs / perWord, outputs], qweight),
      qzeros: tensor("I32", [groups, outputs / perWord], qzeros),
      scales: tensor("F16", [groups, outputs], toHalves(scales)),
      g_idx: tensor("I32", [inputs], groupOf),
    },
  };
}
