/** Place of a file in a split model, from its name ("…-00002-of-00005.gguf"), and the name that all parts share. */
export interface SplitName {
  readonly stem: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
}

export function splitNameOf(path: string): SplitName | undefined {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.(?:gguf|safetensors)$/i.exec(path);
  return match ? { stem: match[1]!, part: Number(match[2]), parts: Number(match[3]) } : undefined;
}
