/** A regular expression that matches whole tensor names, and what is said of the tensors it matches. */
export interface TensorPattern {
  readonly pattern: string;
  /** ggml storage type, upper case. */
  readonly type: string;
}

/**
 * Says the type of every tensor in as few patterns as there are kinds of tensor and types: llama.cpp tries each pattern
 * on each tensor, and one for each name would take seconds on a large model.
 */
export function tensorPatterns(types: ReadonlyMap<string, string>): readonly TensorPattern[] {
  const kinds = new Map<string, { readonly before: string; readonly after: string; readonly type: string; readonly blocks: string[] }>();
  for (const [name, type] of types) {
    const [, before = name, block, after = ""] = /^(blk\.)(\d+)(\..*)$/.exec(name) ?? [];
    const key = JSON.stringify([before, after, type]);
    const kind = kinds.get(key) ?? { before, after, type, blocks: [] };
    kinds.set(key, kind);
    if (block !== undefined) kind.blocks.push(block);
  }
  return [...kinds.values()].map(({ before, after, type, blocks }) => ({
    pattern: `^${escaped(before)}${blocks.length > 0 ? `(?:${blocks.join("|")})` : ""}${escaped(after)}$`,
    type,
  }));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
