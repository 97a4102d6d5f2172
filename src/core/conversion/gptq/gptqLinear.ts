import type { Checkpoint } from "../checkpoint";
import type { BlockType } from "./blocks";
import { exactType, type ExactType } from "./exactType";
import { readGrid, readTensor } from "./layerTensors";
import type { GptqConfig } from "./quantConfig";
import { dequantize, dequantizeToHalves } from "./gptqTensor";
import { repack } from "./repack";

/** A linear layer of a GPTQ checkpoint: what its small tensors say. */
export interface GptqLinear {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** The ggml types that hold the very same numbers, or a sentence that says why none does. Known before the weights are read. */
  readonly exact: ExactType;
  /** What a person should know, in sentences. */
  readonly notes: readonly string[];
  /** Reads the weights. Memory: one byte for each, as long as the answer lives. */
  weights(): Promise<GptqWeights>;
  /** Of `weights()`, for those who want all at once. */
  dequantized(rows?: Rows): Promise<Float32Array>;
  halves(rows?: Rows): Promise<Uint16Array>;
  repacked(rows?: Rows): Promise<{ readonly type: BlockType; readonly bytes: Uint8Array } | { readonly reason: string }>;
}

/**
 * `rows` says which outputs of the checkpoint become the rows, in their order (a permutation, a slice, or a part of either, so that
 * a large layer can be written piece by piece); all by default.
 */
export interface GptqWeights {
  /** scale · (q − zero), exactly: [rows][inFeatures]. */
  dequantized(rows?: Rows): Float32Array;
  /** The same, rounded to half precision (to nearest, ties to even). A HumanError where a weight is too large for it. */
  halves(rows?: Rows): Uint16Array;
  /** Blocks of one of `exact.types`, row after row; each was restored and compared with what GPTQ says. */
  repacked(type: BlockType, rows?: Rows): Uint8Array;
}
export type Rows = ArrayLike<number>;

/** What the names of quantized layers end with; before it stands their prefix, e.g. "model.layers.0.mlp.up_proj". */
const weightSuffix = ".qweight";

export function gptqPrefixes(checkpoint: Checkpoint): readonly string[] {
  return [...checkpoint.tensors.keys()].filter((name) => name.endsWith(weightSuffix)).map((name) => name.slice(0, -weightSuffix.length));
}

/** The names that belong to one quantized layer and are none of the model's own weights. A bias is an ordinary tensor. */
export function isGptqPart(name: string): boolean {
  return [weightSuffix, ".qzeros", ".scales", ".g_idx"].some((suffix) => name.endsWith(suffix));
}

/** HumanError where tensors of the layer are missing, do not fit together or hold what cannot be (e.g. a scale that is no number). */
export async function gptqLinear(checkpoint: Checkpoint, prefix: string, config: GptqConfig): Promise<GptqLinear> {
  const { grid, notes } = await readGrid(checkpoint, prefix, config);
  const exact = exactType(grid);
  const { inFeatures, outFeatures } = grid;
  const weights = async (): Promise<GptqWeights> => {
    const tensor = await readTensor(checkpoint, prefix, config);
    return {
      dequantized: (rows) => dequantize(tensor, rows),
      halves: (rows) => dequantizeToHalves(tensor, prefix, rows),
      repacked: (type, rows) => repack(tensor, type, rows),
    };
  };
  return {
    inFeatures,
    outFeatures,
    exact,
    notes,
    weights,
    dequantized: async (rows) => (await weights()).dequantized(rows),
    halves: async (rows) => (await weights()).halves(rows),
    repacked: async (rows) => ("reason" in exact ? exact : { type: exact.type, bytes: (await weights()).repacked(exact.type, rows) }),
  };
}
