import { HumanError } from "../../../protocol/humanError";
import { shown } from "../shown";
import type { LayerShape } from "./layerShape";
import type { GptqConfig } from "./quantConfig";

/**
 * The group of each input, where the checkpoint has no g_idx or one that is all zeros (left so by early programs, and read as
 * none by ExLlamaV2): consecutive inputs, as many to each as the configuration says, or of layers with rules of their own as many
 * as there are scales.
 */
export function consecutiveGroups(prefix: string, { inFeatures, groups }: LayerShape, { groupSize, actOrder, dynamic }: GptqConfig): Uint32Array {
  if (actOrder && groups > 1) throw new HumanError("notReadable", `${shown(prefix)} was quantized in act-order, but no g_idx says which inputs share a scale. A tensor is missing from the checkpoint.`);
  const said = groupSize === -1 ? inFeatures : groupSize;
  const size = dynamic && Math.ceil(inFeatures / said) !== groups ? inFeatures / groups : said;
  if (!Number.isInteger(size) || Math.ceil(inFeatures / size) !== groups) {
    throw new HumanError("notReadable", `${shown(prefix)} has ${groups} scales for ${inFeatures} inputs, which do not make groups of ${said}. The checkpoint is damaged or its group_size is wrong.`);
  }
  return Uint32Array.from({ length: inFeatures }, (_, input) => Math.floor(input / size));
}

/** The group of each input as g_idx says; undefined where that is all zeros though there are several groups. */
export function indexedGroups(prefix: string, indices: Int32Array, groups: number): Uint32Array | undefined {
  const wrong = indices.findIndex((group) => group < 0 || group >= groups);
  if (wrong !== -1) throw new HumanError("notReadable", `${shown(`${prefix}.g_idx`)} puts input ${wrong} into group ${indices[wrong]}, but there are ${groups} groups. The checkpoint is damaged.`);
  return groups > 1 && indices.every((group) => group === 0) ? undefined : Uint32Array.from(indices);
}

/** Blocks of `size` consecutive inputs that hold inputs of more than one group. */
export function mixedBlocks(groupOf: Uint32Array, size: number): number {
  let mixed = 0;
  for (let start = 0; start < groupOf.length; start += size) {
    if (groupOf.subarray(start, start + size).some((group) => group !== groupOf[start])) mixed++;
  }
  return mixed;
}
