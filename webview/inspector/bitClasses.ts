import type { TensorRow } from "../../src/protocol/modelPanels";

/** Tensors of about the same bits per weight: one colour in the treemap and one entry in its legend. */
export interface BitClass {
  /** Bits of the scheme without its scales, e.g. "4" for Q4_K's 4.5 bits. */
  readonly bits: string;
  /** Place on the scale of colours, 0 for the fewest bits to 1 for the most. */
  readonly tone: number;
}

/** Upper bound of the average bits per weight, scales included, and the bits of the scheme. */
const steps = [
  [2, "1"], [3, "2"], [4, "3"], [5, "4"], [6, "5"], [7.5, "6"], [12, "8"], [24, "16"], [Number.POSITIVE_INFINITY, "32"],
] as const;

export function bitClass(bitsPerWeight: number): BitClass {
  const index = Math.max(0, steps.findIndex(([bound]) => bitsPerWeight < bound));
  return { bits: steps[index]?.[1] ?? "", tone: index / (steps.length - 1) };
}

/** The classes that a model has, the fewest bits first, each with its share of the bytes. */
export function bitLegend(tensors: readonly TensorRow[]): readonly (BitClass & { readonly share: number })[] {
  const bytes = new Map<string, number>();
  const all = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  for (const tensor of tensors) {
    if (tensor.bytes === 0) continue;
    const { bits } = bitClass(tensor.bitsPerWeight);
    bytes.set(bits, (bytes.get(bits) ?? 0) + tensor.bytes);
  }
  return steps.flatMap(([, bits], index) => (bytes.has(bits) ? [{ bits, tone: index / (steps.length - 1), share: (bytes.get(bits) ?? 0) / Math.max(1, all) }] : []));
}
