import { HumanError } from "../../protocol/humanError";
import type { RankBlocksParams } from "../../protocol/compression";
import { joined, tokensAtOnce } from "../calibration/textChunks";
import type { MeasuredModel } from "../evaluation/measuredModel";
import type { NativeLibrary } from "../ffi/library";
import { HiddenStates } from "./hiddenStates";

/** Block Influence of each block of a model that was just opened, while it reads the chunks. `onChunks` is told how many are done. */
export async function blockInfluences(
  library: NativeLibrary,
  model: MeasuredModel,
  blocks: number,
  chunks: readonly Int32Array[],
  params: RankBlocksParams,
  onChunks: (done: number) => void,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { context } = params;
  const states = new HiddenStates(blocks, (tensor) => library.graphs.read(tensor));
  const graph = library.graphs.observeResults(states);
  const sequences = Math.max(1, Math.floor(tokensAtOnce / context));
  const batch = library.newBatch(sequences * context, context);
  try {
    // On the processor, even where there is a GPU.
    await model.prepare(sequences, params, { cb_eval: graph.callback, op_offload: false });
    for (let first = 0; first < chunks.length; first += sequences) {
      if (signal.aborted) throw HumanError.cancelled();
      const tokens = joined(chunks.slice(first, first + sequences));
      // All logits are wanted: for tokens without, the last block is not computed.
      await model.decodeChunks(batch, tokens, new Int8Array(tokens.length).fill(1));
      graph.check();
      onChunks(Math.min(first + sequences, chunks.length));
    }
    return states.influences(String(model.layout.scalars.get("general.architecture")));
  } finally {
    batch.dispose();
    graph.dispose();
  }
}
