/** The native runtime: answers JSON-RPC over the channel of the process that forked it. stdout belongs to native code. */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import {
  type CancellationToken, type HandlerResult, IPCMessageReader, IPCMessageWriter, type ProgressType, type RequestParam,
  type RequestType, createMessageConnection,
} from "vscode-jsonrpc/node";
import { partialPathOf } from "../core/compression/partialPath";
import { sentenceOf } from "../protocol/humanError";
import {
  BandwidthRequest, CalibrateProgressType, CalibrateRequest, ChatProgressType, ChatRequest, ConversionPlanRequest, ConvertProgressType, ConvertRequest, CountTokensRequest, DocumentTextRequest, HeatProgressType, HeatRequest, ImatrixRequest, LoadRequest, MachineRequest, MeasureProgressType, MeasureRequest, MemoryRequest, MeterRequest,
  QuantizeProgressType, QuantizeRequest, ShutdownNotification, SizesRequest, SpotProgressType, SpotRequest,
  TensorErrorsProgressType, TensorErrorsRequest, UnloadRequest, type WithProgress, toResponseError,
} from "../protocol/rpc";
import { withSignal } from "./abort";
import { chat, countTokens } from "./inference/chat";
import { Engine } from "./inference/engine";
import { measure } from "./evaluation/evaluator";
import { heat } from "./evaluation/heat";
import { estimateMemory } from "./evaluation/memoryEstimate";
import { measureBandwidth } from "./ffi/bandwidth";
import { Meter } from "./inference/meter";
import { quantize, sizes } from "./compression/quantizer";
import { conversionPlan, convert } from "./conversion/converter";
import { calibrate } from "./calibration/calibrator";
import { readMatrix } from "./calibration/matrixFile";
import { tensorErrors } from "./compression/tensorErrors";
import { spot } from "./inference/spotter";
import { Turn } from "./turn";

type Work<P, Progress, R> = (params: P, onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<R>;

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

  answer(LoadRequest, (params, signal) => engine.load(params, signal));
  answer(SizesRequest, sizes);
  answerWithProgress(QuantizeRequest, QuantizeProgressType, async (params, onProgress, signal) => {
    const partial = partialPathOf(params.output);
    // Such a job is refused; the original must outlive it.
    if (resolve(partial) !== resolve(params.input)) writing.add(partial);
    return quantize(params, onProgress, signal).finally(() => writing.delete(partial));
  });
  answer(ConversionPlanRequest, conversionPlan);
  answerWithProgress(ConvertRequest, ConvertProgressType, (params, onProgress, signal) => {
    const partial = partialPathOf(params.output);
    writing.add(partial);
    return convert(params, onProgress, signal, { tryLoad: (path) => estimateMemory({ path, context: 32, cacheType: "F16" }) }).finally(() => writing.delete(partial));
  });
  answer(MemoryRequest, estimateMemory);
  answer(BandwidthRequest, ({ threads }) => measureBandwidth(threads));
  answerWithProgress(MeasureRequest, MeasureProgressType, (params, onProgress, signal) =>
    turn.take(() => measure(params, meter.following(params, onProgress), signal), signal));
  answerWithProgress(HeatRequest, HeatProgressType, heat);
  answerWithProgress(TensorErrorsRequest, TensorErrorsProgressType, tensorErrors);
  answerWithProgress(CalibrateRequest, CalibrateProgressType, (params, onProgress, signal) => {
    const partial = partialPathOf(params.output);
    if (resolve(partial) !== resolve(params.model)) writing.add(partial);
    return calibrate(params, onProgress, signal).finally(() => writing.delete(partial));
  });
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
  // The parent is gone.
  process.once("disconnect", endAtOnce);
  connection.listen();

  /** exit() would wait for a native call that still runs in the thread pool, a signal does not. */
  function endAtOnce(): void {
    for (const partial of writing) tidy(partial);
    process.kill(process.pid, "SIGKILL");
  }
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
