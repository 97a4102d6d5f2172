import type { QuantType } from "../../protocol/model";
import { resolveQuantType } from "../gguf/quantLevels";

/** Also the levels of others ("UD-Q4_K_XL", "Q4_0_4_4"), which are shown as they are called. */
const levelNames = /(?:^|[-._ ])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]{1,3})*|TQ[12]_0|MXFP4(?:_MOE)?|BF16|FP?16|FP?32|INT[48]))(?=$|[-._ ])/gi;

export interface NamedLevel {
  /** As the file calls it, upper case. */
  readonly text: string;
  readonly level: QuantType | "unknown";
}

/** The level that a path tells: the last one in the file's name, else in the name of its folder. */
export function levelOfName(path: string): NamedLevel | undefined {
  const names = path.split("/").slice(-2).reverse();
  for (const [index, name] of names.entries()) {
    const text = [...(index === 0 ? name.replace(/\.gguf$/i, "") : name).matchAll(levelNames)].at(-1)?.[1]?.toUpperCase();
    if (text !== undefined) return { text, level: resolveQuantType(text) ?? "unknown" };
  }
  return undefined;
}
