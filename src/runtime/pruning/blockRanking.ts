import { blockCount } from "../../core/pruning/blockCount";
import { checkPrunable } from "../../core/pruning/blockKinds";
import { nextTokenBlocks } from "../../core/pruning/blockMetadata";
import type { BlockRanking, RankBlocksParams, WorkProgress } from "../../protocol/compression";
import { checkReading, chunksOf } from "../calibration/textChunks";
import { MeasuredModel } from "../evaluation/measuredModel";
import { openNativeLibrary } from "../ffi/library";
import type { OutputOptions } from "../gguf/ggufOutput";
import { TensorFile } from "../gguf/tensorFile";
import { blockInfluences } from "./influences";
import { LeavingOut } from "./leavingOut";

/** How much each block of a model does to a text, and (if wanted) how the model reads it without each block in turn. */
export async function rankBlocks(params: RankBlocksParams, onProgress: (progress: WorkProgress) => void, signal: AbortSignal, options: OutputOptions = {}): Promise<BlockRanking> {
  const started = performance.now();
  checkReading(params);
  const file = await TensorFile.open(params.model);
  const library = openNativeLibrary();
  const silence = library.log.listen(() => {});
  try {
    checkPrunable(file.header);
    const blocks = blockCount(file.header) - nextTokenBlocks(file.header);
    const leaving = params.leaveOut ? await LeavingOut.of(library, file, params, options) : undefined;
    const readings = 1 + (leaving?.readings(blocks) ?? 0);
    let chunks: readonly Int32Array[] = [];
    const report = (done: number, label: string): void => onProgress({ done, all: readings * chunks.length, label });
    const model = await MeasuredModel.open(library, params.model, params);
    let influences: readonly number[];
    try {
      chunks = await chunksOf(model, params);
      influences = await blockInfluences(library, model, blocks, chunks, params, (done) => report(done, "Reading the text"), signal);
    } finally {
      model.dispose();
    }
    const left = await leaving?.measure(blocks, chunks, (done, label) => report(chunks.length + done, label), signal);
    return {
      blocks: influences.map((influence, block) => ({ block, influence, ...(left?.without[block] && { without: left.without[block] }) })),
      ...(left && { perplexity: left.perplexity }),
      tokens: chunks.reduce((sum, { length }) => sum + length, 0),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    silence();
    await file.close();
  }
}
