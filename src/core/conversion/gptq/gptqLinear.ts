import type { Checkpoint } from "../checkpoint";
import type { BlockType } from "./blocks";
import { exactType, type ExactType } from "./exactType";
import { readGrid, readTensor } from "./layerTensors";
import type { GptqConfig } from "./quantConfig";
import { dequantize, dequantizeToHalves, type GptqTensor } from "./gptqTensor";
import { repack } from "./repack";

/**
 * A linear layer of a GPTQ checkpoint. What it is comes from its small tensors; each method reads its weights, and keeps none
 * of them. `rows` says which outputs of the checkpoint become the rows, in their order (a permutation, or a slice); all by default.
 */
export interface GptqLinear {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** The ggml type that holds the very same numbers, or a sentence that says why none does. Known before the weights are read. */
  readonly exact: ExactType;
  /** What a person should know, in sentences. */
  readonly notes: readonly string[];
  /** scale · (q − zero), exactly: [rows][inFeatures]. */
  dequantized(rows?: Rows): Promise<Float32Array>;
  /** The same, rounded to half precision (to nearest, ties to even). A HumanError where a weight is too large for it. */
  halves(rows?: Rows): Promise<Uint16Array>;
  /** Blocks of `exact.type`, row after row; each was restored and compared with what GPTQ says. */
  repacked(rows?: Rows): Promise<{ readonly type: BlockType; readonly bytes: Uint8Array } | { readonly reason: string }>;
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
  const tensor = (): Promise<GptqTensor> => readTensor(checkpoint, prefix, config);
  return {
    inFeatures,
    outFeatures,
    exact,
    notes,
    dequantized: async (rows) => dequantize(await tensor(), rows),
    halves: async (rows) => dequantizeToHalves(await tensor(), prefix, rows),
    repacked: async (rows) => ("reason" in exact ? exact : { type: exact.type, bytes: repack(await tensor(), exact.type, rows) }),
  };
}
