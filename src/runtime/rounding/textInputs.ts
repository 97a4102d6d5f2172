import { Gram } from "../../core/rounding/gram";
import type { InputProducts } from "../../core/rounding/inputProducts";
import type { TensorInfo } from "../../core/gguf/header";
import type { GptqParams } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { chunksOf, joined, tokensAtOnce } from "../calibration/textChunks";
import { MeasuredModel } from "../evaluation/measuredModel";
import type { NativeLibrary } from "../ffi/library";
import { BlockInputs } from "./blockInputs";
import { ProductKernel } from "./productKernel";

export interface TextInputs {
  /** By the name of the matrix; one object for those that share an input. */
  readonly products: ReadonlyMap<string, InputProducts>;
  readonly tokens: number;
}

/** Reads the text with the original model, and multiplies what chosen matrices are given. */
export async function readInputs(
  library: NativeLibrary,
  params: GptqParams,
  matrices: readonly TensorInfo[],
  onProgress: (chunks: number, all: number) => void,
  signal: AbortSignal,
): Promise<TextInputs> {
  const { context } = params;
  const gram = new Gram((floats) => new ProductKernel(floats), widest(matrices));
  const inputs = new BlockInputs((tensor) => library.graphs.read(tensor), new Set(matrices.map(({ name }) => name)), gram);
  const graph = library.graphs.observe(inputs);
  const sequences = Math.max(1, Math.floor(tokensAtOnce / context));
  const batch = library.newBatch(sequences * context, context);
  let model: MeasuredModel | undefined;
  try {
    model = await MeasuredModel.open(library, params.input, params);
    const chunks = await chunksOf(model, params);
    await model.prepare(sequences, params, { cb_eval: graph.callback, op_offload: false });
    for (let first = 0; first < chunks.length; first += sequences) {
      if (signal.aborted) throw HumanError.cancelled();
      const tokens = joined(chunks.slice(first, first + sequences));
      // All logits are wanted: for tokens without, the last block is not computed.
      await model.decodeChunks(batch, tokens, new Int8Array(tokens.length).fill(1));
      graph.check();
      inputs.forgetInput();
      onProgress(Math.min(first + sequences, chunks.length), chunks.length);
    }
    return { products: inputs.products, tokens: chunks.length * context };
  } finally {
    model?.dispose();
    batch.dispose();
    graph.dispose();
  }
}

export function widest(matrices: readonly TensorInfo[]): number {
  return Math.max(...matrices.map(({ shape }) => shape[0] ?? 0));
}
