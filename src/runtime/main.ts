/** The native runtime: answers JSON-RPC over the channel of the process that forked it. stdout belongs to native code. */
import { rmSync } from "node:fs";
import {
  type CancellationToken, type HandlerResult, IPCMessageReader, IPCMessageWriter, type ProgressType, type RequestParam,
  type RequestType, createMessageConnection,
} from "vscode-jsonrpc/node";
import { sentenceOf } from "../protocol/humanError";
import {
  BandwidthRequest, CalibrateProgressType, CalibrateRequest, ChatProgressType, ChatRequest, ConversionPlanRequest, ConvertProgressType, ConvertRequest, CountTokensRequest, DocumentTextRequest, HeatProgressType, HeatRequest, ImatrixRequest, LoadRequest, MachineRequest, MeasureProgressType, MeasureRequest, MemoryRequest, MeterRequest,
  PartialNotification,  QuantizeProgressType, QuantizeRequest, ShutdownNotification, SizesRequest, SpotProgressType, SpotRequest,
  TensorErrorsProgressType, TensorErrorsRequest, UnloadRequest, type WithProgress, toResponseError,
} from "../protocol/rpc";
import {
  AdapterInfoRequest, ExtractRequest, GptqRequest, MergeRequest, PruneRequest, RankBlocksRequest, SparsifyRequest, TrainProgressType, TrainRequest, WorkProgressType,
} from "../protocol/compressionRpc";
import { withSignal } from "./abort";
import { adapterInfo } from "./adapters/adapterInfo";
import { extractAdapter } from "./adapters/extractor";
import { mergeAdapter } from "./adapters/merger";
import { chat, countTokens } from "./inference/chat";
import { Engine } from "./inference/engine";
import { measure } from "./evaluation/evaluator";
import { heat } from "./evaluation/heat";
import { estimateMemory } from "./evaluation/memoryEstimate";
import { measureBandwidth } from "./ffi/bandwidth";
import { Meter } from "./inference/meter";
import type { OutputOptions } from "./gguf/ggufOutput";
import { quantize, sizes } from "./compression/quantizer";
import { conversionPlan, convert } from "./conversion/converter";
import { rankBlocks } from "./pruning/blockRanking";
import { prune } from "./pruning/pruner";
import { sparsify } from "./pruning/sparsifier";
import { gptq } from "./rounding/gptq";
import { train } from "./training/trainer";
import { calibrate } from "./calibration/calibrator";
import { readMatrix } from "./calibration/matrixFile";
import { tensorErrors } from "./compression/tensorErrors";
import { spot } from "./inference/spotter";
import { Turn } from "./turn";

type Work<P, Progress, R> = (params: P, onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<R>;
type WritingWork<P, Progress, R> = (params: P, onProgress: (progress: Progress) => void, signal: AbortSignal, options: OutputOptions) => Promise<R>;

function main(): void {
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const turn = new Turn();
  const engine = new Engine(turn);
  const meter = new Meter();
  const writing = new Set<string>();

  function answer<P, R>(type: RequestType<P, R, void>, work: (params: P, signal: AbortSignal) => Promise<R>): void {
    connection.onRequest(type, (params: P, token: CancellationToken) =>
      withSignal(token, (signal) => work(params, signal)).catch((error: unknown) => {
        throw toResponseError(error);
      }) as HandlerResult<R, void>);
  }
  function answerWithProgress<P, R, Progress>(type: RequestType<P & WithProgress, R, void>, progress: ProgressType<Progress>, work: Work<P, Progress, R>): void {
    answer(type, (params, signal) => work(params, (value) => void connection.sendProgress(progress, params.progressToken, value as RequestParam<Progress>), signal));
  }

  /** Work that writes a file: as long as the file is partial and this run's own, it goes when the process does. */
  function answerWriting<P, R, Progress>(type: RequestType<P & WithProgress, R, void>, progress: ProgressType<Progress>, work: WritingWork<P, Progress, R>): void {
    answerWithProgress(type, progress, (params, onProgress, signal) => {
      let own: string | undefined;
      const onPartial = (partial: string): void => {
        writing.add((own = partial));
        void connection.sendNotification(PartialNotification, partial);
      };
      return work(params, onProgress, signal, { onPartial, tryLoad }).finally(() => own !== undefined && writing.delete(own));
    });
  }

  answer(LoadRequest, (params, signal) => engine.load(params, signal));
  answer(SizesRequest, sizes);
  answerWriting(QuantizeRequest, QuantizeProgressType, quantize);
  answer(ConversionPlanRequest, conversionPlan);
  answerWriting(ConvertRequest, ConvertProgressType, convert);
  answer(MemoryRequest, estimateMemory);
  answer(BandwidthRequest, ({ threads }) => measureBandwidth(threads));
  answerWithProgress(MeasureRequest, MeasureProgressType, (params, onProgress, signal) =>
    turn.take(() => measure(params, meter.following(params, onProgress), signal), signal));
  answerWithProgress(HeatRequest, HeatProgressType, heat);
  answerWithProgress(TensorErrorsRequest, TensorErrorsProgressType, tensorErrors);
  answerWriting(CalibrateRequest, CalibrateProgressType, calibrate);
  // What it leaves out for a while lies in files of its own.
  answerWriting(RankBlocksRequest, WorkProgressType, rankBlocks);
  answerWriting(PruneRequest, WorkProgressType, prune);
  answerWriting(SparsifyRequest, WorkProgressType, sparsify);
  answerWriting(GptqRequest, WorkProgressType, gptq);
  answerWriting(TrainRequest, TrainProgressType, train);
  answerWriting(MergeRequest, WorkProgressType, mergeAdapter);
  answerWriting(ExtractRequest, WorkProgressType, extractAdapter);
  answer(AdapterInfoRequest, ({ path }) => adapterInfo(path));
  answer(DocumentTextRequest, async (params) => (await import("./documents/documentText")).documentText(params));
  answer(ImatrixRequest, async (path) => readMatrix(path).info);
  answerWithProgress(SpotRequest, SpotProgressType, (params, onProgress, signal) =>
    engine.withModel((held) => spot(held, params, onProgress, signal, meter), signal, params.model));
  answerWithProgress(ChatRequest, ChatProgressType, (params, onProgress, signal) =>
    engine.withModel((held) => chat(held, params, onProgress, signal, meter), signal, params.model));
  answer(CountTokensRequest, ({ texts, model }, signal) => engine.withModel(async (held) => countTokens(held, texts), signal, model));
  connection.onRequest(UnloadRequest, () => engine.unload());
  connection.onRequest(MachineRequest, () => engine.machine().catch((error: unknown) => { throw toResponseError(error); }));
  connection.onRequest(MeterRequest, async () => meter.read(await engine.videoMemory(), turn.waiting));
  connection.onNotification(ShutdownNotification, endAtOnce);
  // Ctrl-C at a terminal reaches every process of it: what is to end is the parent's decision.
  process.on("SIGINT", () => undefined);
  // The parent is gone.
  process.once("disconnect", endAtOnce);
  connection.listen();

  /** exit() would wait for a native call that still runs in the thread pool, a signal does not. */
  function endAtOnce(): void {
    for (const partial of writing) tidy(partial);
    process.kill(process.pid, "SIGKILL");
  }
}

/** Without its weights, which is enough for llama.cpp to refuse a file. */
function tryLoad(path: string): Promise<unknown> {
  return estimateMemory({ path, context: 32, cacheType: "F16" });
}

/** Windows keeps a file that is still being written: that must not keep the process from ending. */
function tidy(partial: string): void {
  try {
    rmSync(partial, { force: true });
  } catch (error) {
    process.stderr.write(`${partial} could not be deleted (${sentenceOf(error)}).\n`);
  }
}

main();
