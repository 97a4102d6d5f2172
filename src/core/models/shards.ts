/** One file of a model that was split, by its name: llama.cpp writes and loads `NAME-00001-of-00005.gguf`. */
export interface Shard {
  /** The path before the number; all parts share it. */
  readonly stem: string;
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** Undefined for a name without a part number, and for numbers that make no sense (part 0, part 3 of 2). */
export function shardOf(path: string): Shard | undefined {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/is.exec(path);
  if (!match) return undefined;
  const [stem = "", index, count] = [match[1], Number(match[2]), Number(match[3])];
  return index >= 1 && index <= count ? { stem, index, count } : undefined;
}

/** The same name for every part of one split model in one folder, and for no other file. */
export function shardKey({ stem, count }: Shard): string {
  return `${stem}\n${count}`;
}
