import { type QuantType, quantTypes } from "../../protocol/model";
import type { TensorInfo } from "./header";

/**
 * The level of a file that does not tell it: the type of most of its matrices' weights where one level alone is made of
 * that, else the level that its name tells (`named`) where that is one of those; undefined otherwise.
 */
export function levelOfTensors(tensors: readonly TensorInfo[], named: QuantType | undefined): QuantType | undefined {
  const weights = new Map<string, number>();
  for (const { type, shape } of tensors) if (shape.length > 1) weights.set(type, (weights.get(type) ?? 0) + shape.reduce((a, b) => a * b, 1));
  const [commonest] = [...weights].sort(([, a], [, b]) => b - a)[0] ?? [];
  const levels = quantTypes.filter((level) => level === commonest || (commonest !== undefined && level.startsWith(`${commonest}_`)));
  return levels.length === 1 ? levels[0] : levels.find((level) => level === named);
}
