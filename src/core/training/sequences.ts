import { HumanError } from "../../protocol/humanError";
import type { Random } from "./random";

/** What one step learns from. All lists have one entry for each position of the context. */
export interface TrainingSequence {
  readonly tokens: Int32Array;
  /** The token that follows. */
  readonly next: Int32Array;
  /** 1 where it is to be learnt, 0 where not; absent: everywhere. */
  readonly learnt?: Uint8Array;
}

/** Tokens of an example without the one at the beginning; 1 for each that is part of an answer. */
export interface EncodedExample {
  readonly tokens: Int32Array;
  readonly answer: Uint8Array;
}

/**
 * A text cut into sequences that foretell each of its tokens once: the first position of each is the token that begins texts, or,
 * where the vocabulary has none, the last token of the sequence before. What does not fill a sequence at the end is left out.
 */
export function cutText(tokens: Int32Array, context: number, bos: number | undefined): readonly TrainingSequence[] {
  const first = bos === undefined ? 1 : 0;
  const count = Math.max(0, Math.floor((tokens.length - first) / context));
  return Array.from({ length: count }, (_, index) => {
    const start = first + index * context;
    const next = tokens.slice(start, start + context);
    return { tokens: begunWith(bos ?? tokens[start - 1]!, next), next };
  });
}

/**
 * Examples packed into sequences, as many whole ones as fit, in their order; those longer than the context are cut. What is left of a
 * sequence is filled with `filler`, which nobody learns. Only answers are learnt, but all of an example without one.
 */
export function packExamples(examples: readonly EncodedExample[], context: number, bos: number | undefined, filler: number): readonly TrainingSequence[] {
  const beginning = bos ?? filler;
  const sequences: { tokens: Int32Array; next: Int32Array; learnt: Uint8Array; used: number }[] = [];
  for (const example of examples) {
    for (let from = 0; from < example.tokens.length; from += context) {
      const next = example.tokens.subarray(from, from + context);
      let last = sequences.at(-1);
      if (!last || last.used + next.length > context) {
        last = { tokens: new Int32Array(context).fill(filler), next: new Int32Array(context).fill(filler), learnt: new Uint8Array(context), used: 0 };
        sequences.push(last);
      }
      last.tokens.set(begunWith(from === 0 ? beginning : example.tokens[from - 1]!, next), last.used);
      last.next.set(next, last.used);
      last.learnt.set(example.answer.subarray(from, from + context), last.used);
      last.used += next.length;
    }
  }
  return sequences.filter(({ learnt }) => learnt.includes(1)).map(({ tokens, next, learnt }) => ({ tokens, next, learnt }));
}

/** Some sequences, at least one, are held back; which ones follows from the random numbers. `found` says what there is, for the error. */
export function split(
  sequences: readonly TrainingSequence[], share: number, random: Random, found: { readonly tokens: number; readonly context: number },
): { readonly training: readonly TrainingSequence[]; readonly validation: readonly TrainingSequence[] } {
  if (sequences.length < 2) {
    const { tokens, context } = found;
    throw new HumanError(
      "textTooShort",
      `The data have ${tokens} tokens, but training with a context of ${context} needs at least two sequences (${2 * context} tokens): one to learn from and one to check with. Take more data or a smaller context.`,
    );
  }
  const held = Math.min(sequences.length - 1, Math.max(1, Math.round(share * sequences.length)));
  const chosen = new Set(random.order(sequences.length).slice(0, held));
  return { training: sequences.filter((_, index) => !chosen.has(index)), validation: sequences.filter((_, index) => chosen.has(index)) };
}

/** The tokens before each of `next`. */
function begunWith(first: number, next: Int32Array): Int32Array {
  const tokens = new Int32Array(next.length);
  tokens[0] = first;
  tokens.set(next.subarray(0, next.length - 1), 1);
  return tokens;
}
