import { describe, expect, it } from "vitest";
import type { Invocation } from "../../../../src/cli/command";
import { pruneWish } from "../../../../src/cli/lab/pruneWish";

const wishOf = (options: object): unknown => pruneWish({ options } as unknown as Invocation);

describe("what prune is asked for", () => {
  it.each([
    [{ rank: true }, { kind: "rank", leaveOut: false }],
    [{ "leave-out": true }, { kind: "rank", leaveOut: true }],
    [{ drop: "3, 1,3" }, { kind: "structured", drop: [1, 3], by: "influence" }],
    [{ blocks: "2", by: "Perplexity" }, { kind: "structured", drop: [], least: 2, by: "perplexity" }],
    [{ ffn: "0.75" }, { kind: "structured", drop: [], feedForward: 0.75 }],
    [{ sparsity: "0.3" }, { kind: "sparsify", sparsity: 0.3, method: "magnitude" }],
    [{ sparsity: "0.3", text: ["a.txt"] }, { kind: "sparsify", method: "wanda" }],
    [{ sparsity: "0.3", imatrix: "m.gguf", method: "magnitude" }, { kind: "sparsify", method: "magnitude" }],
    [{ pattern: "2:4" }, { kind: "sparsify", sparsity: 0.5, pattern: "2:4" }],
  ])("%j", (options, wish) => {
    expect(wishOf(options)).toMatchObject(wish);
  });

  it.each([
    [{}, /^Say what to do: --rank/],
    [{ drop: "1,x" }, /^--drop takes numbers of blocks from 0, separated by commas, e.g. 1,2, not "1,x"/],
    [{ drop: "-1" }, /^--drop takes numbers/],
    [{ drop: "1", blocks: "1" }, /not both/],
    [{ blocks: "0" }, /^--blocks takes a whole number from 1/],
    [{ drop: "1", by: "influence" }, /^--by goes with --blocks/],
    [{ blocks: "1", by: "size" }, /^--by takes influence, perplexity, not "size"/],
    [{ ffn: "1.5" }, /^--ffn takes a share above 0 and below 1/],
    [{ sparsity: "half" }, /^--sparsity takes a share .*, not "half"/],
    [{ sparsity: "" }, /^--sparsity takes a share/],
    [{ sparsity: "0.5", drop: "1" }, /^--sparsity goes alone/],
    [{ sparsity: "0.7", pattern: "2:4" }, /^--pattern 2:4 sets half/],
    [{ pattern: "4:8" }, /^--pattern takes 2:4/],
    [{ sparsity: "0.5", method: "wanda" }, /^Wanda weighs by activations/],
    [{ drop: "1", method: "wanda" }, /^--method goes with/],
    [{ rank: true, out: "x.gguf" }, /^--rank alone writes nothing/],
  ])("%j is refused", (options, sentence) => {
    expect(() => wishOf(options)).toThrow(sentence);
  });
});
