import { HumanError } from "../../protocol/humanError";
import type { ParsedHeader } from "../gguf/header";
import { blockCount } from "./blockCount";
import { checkPrunable } from "./blockKinds";
import { feedForwardParts, neuronUnit } from "./feedForward";

/** K-quants need rows of multiples of 256, the other types of 32: what unquantized models keep so as to be quantized after. */
const [longBlock, shortBlock] = [256, 32];
/** A coarser unit than this share of the neurons would not be what was asked for. */
const finest = 1 / 8;

/**
 * How many feed-forward neurons each block keeps at a share of them: the nearest number that the types of the model allow, at least one
 * such unit. Unquantized models keep a multiple of 256 (or 32, where that is too coarse), so that they can be quantized after.
 * Throws a HumanError where neurons cannot be left out.
 */
export function keptNeurons(header: ParsedHeader, share: number): number {
  if (!(share > 0 && share <= 1)) throw new HumanError("badArgument", "The share of neurons to keep must be above 0 and at most 1.");
  checkPrunable(header);
  const parts = feedForwardParts(header, Array.from({ length: blockCount(header) }, (_, block) => block));
  const neurons = Math.min(...parts.map((part) => part.neurons));
  const { unit } = neuronUnit(parts);
  const step = Math.max(unit, [longBlock, shortBlock].find((block) => neurons % block === 0 && block <= neurons * (block === longBlock ? finest : 1)) ?? 1);
  const units = Math.max(1, Math.round((share * neurons) / step));
  return Math.min(neurons, units * step);
}
