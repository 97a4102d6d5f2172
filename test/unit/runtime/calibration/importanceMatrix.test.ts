import { describe, expect, it } from "vitest";
import type { TensorInfo } from "../../../../src/core/gguf/header";
import { type ImportanceMatrix, checkMatches, importanceOf } from "../../../../src/runtime/calibration/importanceMatrix";
import type { GgufLayout } from "../../../../src/runtime/gguf/ggufLayout";

const tensor = (name: string, shape: readonly number[]): TensorInfo => ({ name, type: "F16", shape, bytes: 0, offset: 0 });
const embedding = tensor("token_embd.weight", [4, 100]);
const up = tensor("blk.0.ffn_up.weight", [4, 8]);
const experts = tensor("blk.0.ffn_up_exps.weight", [4, 8, 3]);

function matrix(lengths: Readonly<Record<string, number>>): ImportanceMatrix {
  const columns = new Map(Object.entries(lengths).map(([name, length]) => [name, new Float32Array(length)]));
  return { info: { path: "a.imatrix", tensors: columns.size, chunks: 1, chunkSize: 512, datasets: [] }, columns };
}

describe("the importance of a tensor", () => {
  it("is there when it has as many columns as the tensor, times its experts", () => {
    const fitting = matrix({ [up.name]: 4, [experts.name]: 12 });
    expect(importanceOf(fitting, up)).toHaveLength(4);
    expect(importanceOf(fitting, experts)).toHaveLength(12);
  });

  it("is left out where it does not fit, like where there is none", () => {
    for (const length of [0, 3, 5, 8]) expect(importanceOf(matrix({ [embedding.name]: length }), embedding)).toBeUndefined();
    expect(importanceOf(matrix({ [experts.name]: 4 }), experts)).toBeUndefined();
    expect(importanceOf(matrix({}), up)).toBeUndefined();
    expect(importanceOf(undefined, up)).toBeUndefined();
  });
});

describe("a matrix of another model", () => {
  const layout = { tensors: [embedding, up, experts] } as unknown as GgufLayout;
  const known = { [up.name]: 4, [experts.name]: 12 };

  it("is told by its columns, save those of the token embedding", () => {
    expect(() => checkMatches(matrix({ ...known, [embedding.name]: 0 }), layout)).not.toThrow();
    expect(() => checkMatches(matrix({ ...known, [up.name]: 0 }), layout)).toThrow(/another model \(blk\.0\.ffn_up\.weight has 4 columns, not 0\)/);
    expect(() => checkMatches(matrix({ ...known, [experts.name]: 4 }), layout)).toThrow(/has 12 columns, not 4/);
  });
});
