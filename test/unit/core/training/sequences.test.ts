import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/training/random";
import { cutText, packExamples, split, type TrainingSequence } from "../../../../src/core/training/sequences";

const plain = ({ tokens, next, learnt }: TrainingSequence): object => ({ tokens: [...tokens], next: [...next], ...(learnt && { learnt: [...learnt] }) });

describe("a text", () => {
  it("is cut so that each token is foretold once, after the beginning that the vocabulary asks for", () => {
    expect(cutText(Int32Array.of(11, 12, 13, 14, 15, 16, 17), 3, 1).map(plain)).toEqual([
      { tokens: [1, 11, 12], next: [11, 12, 13] },
      { tokens: [1, 14, 15], next: [14, 15, 16] },
    ]);
  });

  it("without such a token begins with its own first one", () => {
    expect(cutText(Int32Array.of(11, 12, 13, 14, 15, 16, 17), 3, undefined).map(plain)).toEqual([
      { tokens: [11, 12, 13], next: [12, 13, 14] },
      { tokens: [14, 15, 16], next: [15, 16, 17] },
    ]);
  });

  it("too short for one gives none", () => {
    expect(cutText(Int32Array.of(1, 2), 3, 1)).toEqual([]);
    expect(cutText(new Int32Array(0), 3, undefined)).toEqual([]);
  });
});

describe("examples", () => {
  const example = (tokens: number[], answer: number[]): { tokens: Int32Array; answer: Uint8Array } => ({ tokens: Int32Array.from(tokens), answer: Uint8Array.from(answer) });

  it("are packed whole, and only their answers are learnt", () => {
    expect(packExamples([example([5, 6, 7], [0, 1, 1]), example([8, 9], [0, 1]), example([4], [1])], 4, 1, 2).map(plain)).toEqual([
      { tokens: [1, 5, 6, 2], next: [5, 6, 7, 2], learnt: [0, 1, 1, 0] },
      { tokens: [1, 8, 1, 2], next: [8, 9, 4, 2], learnt: [0, 1, 1, 0] },
    ]);
  });

  it("longer than the context are cut, and pieces without an answer are left out", () => {
    expect(packExamples([example([5, 6, 7, 8, 9], [0, 0, 1, 1, 1])], 2, undefined, 2).map(plain)).toEqual([
      { tokens: [6, 7], next: [7, 8], learnt: [1, 1] },
      { tokens: [8, 2], next: [9, 2], learnt: [1, 0] },
    ]);
  });
});

describe("held back for validation", () => {
  const sequences = cutText(Int32Array.from({ length: 100 }, (_, index) => index), 10, 1);
  const found = { tokens: 100, context: 10 };

  it("a share, the same for the same seed, never learnt", () => {
    const { training, validation } = split(sequences, 0.3, new Random(1), found);
    expect([training.length, validation.length]).toEqual([7, 3]);
    expect(training.filter((sequence) => validation.includes(sequence))).toEqual([]);
    expect(split(sequences, 0.3, new Random(1), found).validation).toEqual(validation);
    expect(split(sequences, 0.3, new Random(2), found).validation).not.toEqual(validation);
  });

  it("at least one, and one is left to learn from", () => {
    expect(split(sequences.slice(0, 2), 0, new Random(1), found).validation.length).toBe(1);
    expect(split(sequences.slice(0, 2), 0.9, new Random(1), found).training.length).toBe(1);
  });

  it("a single sequence is too little, with numbers", () => {
    expect(() => split(sequences.slice(0, 1), 0.1, new Random(1), { tokens: 15, context: 10 })).toThrow(/have 15 tokens.*context of 10.*20 tokens/);
  });
});

it("random numbers follow from their seed, thing and number alone", () => {
  const first = (seed: number, thing: number, number: number): number => Random.of(seed, thing, number).next();
  expect(first(1, 2, 3)).toBe(first(1, 2, 3));
  expect(new Set([first(1, 2, 3), first(2, 2, 3), first(1, 3, 3), first(1, 2, 4)]).size).toBe(4);
  expect([...new Random(5).order(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});
