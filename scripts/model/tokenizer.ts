/**
 * A byte-level BPE tokenizer in the manner of GPT-2: training and encoding.
 * llama.cpp runs the result as `tokenizer.ggml.model` "gpt2" with `tokenizer.ggml.pre` "gpt-2".
 */

export interface Tokenizer {
  /** Token texts by id; bytes are written with GPT-2's printable stand-ins. */
  readonly tokens: readonly string[];
  /** How many of the first ids are special tokens. */
  readonly special: number;
  /** Pairs in the order in which they are merged. */
  readonly merges: readonly (readonly [string, string])[];
}

const wordPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** GPT-2's table: each byte as one printable character. */
function byteCharacters(): string[] {
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

const characters = byteCharacters();

function spell(word: string): string[] {
  return Array.from(Buffer.from(word, "utf8"), (byte) => characters[byte] ?? "");
}

/** Learns merges from texts until the vocabulary, special tokens included, has `size` tokens. */
export function trainTokenizer(texts: Iterable<string>, specialTokens: readonly string[], size: number): Tokenizer {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(wordPattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].filter(([, count]) => count > 1).map(([word, count]) => ({ parts: spell(word), count }));
  const pairs = new Map<string, { count: number; words: Set<number> }>();
  const add = (index: number, sign: 1 | -1) => {
    const word = words[index];
    if (!word) return;
    for (let i = 1; i < word.parts.length; i++) {
      const key = `${word.parts[i - 1]} ${word.parts[i]}`;
      const pair = pairs.get(key) ?? { count: 0, words: new Set<number>() };
      pair.count += sign * word.count;
      if (sign === 1) pair.words.add(index);
      if (pair.count > 0) pairs.set(key, pair);
      else pairs.delete(key);
    }
  };
  words.forEach((_, index) => add(index, 1));

  const tokens = [...specialTokens, ...characters];
  const known = new Set(tokens);
  const merges: [string, string][] = [];
  while (tokens.length < size) {
    let best = "";
    let bestCount = 0;
    for (const [key, { count }] of pairs) {
      if (count > bestCount || (count === bestCount && key < best)) [best, bestCount] = [key, count];
    }
    if (bestCount === 0) break;
    const [left = "", right = ""] = best.split(" ");
    merges.push([left, right]);
    if (!known.has(left + right)) tokens.push(left + right);
    known.add(left + right);
    for (const index of pairs.get(best)?.words ?? []) {
      const word = words[index];
      if (!word) continue;
      add(index, -1);
      word.parts = merge(word.parts, left, right);
      add(index, 1);
    }
    pairs.delete(best);
  }
  return { tokens, special: specialTokens.length, merges };
}

function merge(parts: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === left && parts[i + 1] === right) {
      merged.push(left + right);
      i++;
    } else {
      merged.push(parts[i] ?? "");
    }
  }
  return merged;
}

/** A function that encodes plain text (special tokens in it are not recognised). */
export function encoder(tokenizer: Tokenizer): (text: string) => number[] {
  const ids = new Map(tokenizer.tokens.map((token, id) => [token, id]));
  const ranks = new Map(tokenizer.merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
  const cache = new Map<string, number[]>();
  const encodeWord = (word: string): number[] => {
    let parts = spell(word);
    for (;;) {
      let best = Infinity;
      for (let i = 1; i < parts.length; i++) best = Math.min(best, ranks.get(`${parts[i - 1]} ${parts[i]}`) ?? Infinity);
      const pair = tokenizer.merges[best];
      if (!pair) return parts.map((part) => ids.get(part) ?? 0);
      parts = merge(parts, pair[0], pair[1]);
    }
  };
  return (text) => {
    const encoded: number[] = [];
    for (const [word] of text.matchAll(wordPattern)) {
      let part = cache.get(word);
      if (!part) cache.set(word, (part = encodeWord(word)));
      encoded.push(...part);
    }
    return encoded;
  };
}
