import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { familyOfName } from "../core/gguf/header";
import { secondsLeft } from "../core/progress";
import { isCancellation, sentenceOf } from "../protocol/humanError";
import type { ImatrixInfo, ModelFile } from "../protocol/model";
import type { CalibrateProgress, CancellationToken } from "../protocol/rpc";
import type { CompressionJobs } from "./compressionJobs";
import type { Job, Log, Runtime } from "./ports";

export interface CalibrationText {
  readonly name: string;
  readonly text: string;
}

export interface TimedCalibration extends CalibrateProgress {
  readonly secondsLeft?: number;
}

/** What a person may choose instead of the usual. */
export interface CalibrationChoices {
  readonly output?: string;
  /** Tokens per chunk. */
  readonly context?: number;
  readonly chunks?: number;
}

/** Chunks and their tokens that are enough for stable sums: llama.cpp's own advice is a hundred chunks or more of 512. */
const calibrationChunks = 200;
const chunkTokens = 512;

/** Importance matrices made from a person's own documents, one beside each model. */
export class ImportanceMatrices {
  constructor(
    private readonly runtime: Runtime,
    private readonly jobs: CompressionJobs,
    private readonly log: Log,
    private readonly threads: () => number,
  ) {}

  /** Where the matrix of a model and its levels lies. */
  pathFor(model: ModelFile): string {
    return join(dirname(this.jobs.outputPath(model, { type: "Q8_0" })), `${familyOfName(basename(model.path))}.imatrix.gguf`);
  }

  /** The matrix that was made for this model before; undefined when there is none that can be read. */
  async existing(model: ModelFile, token: CancellationToken): Promise<ImatrixInfo | undefined> {
    const path = this.pathFor(model);
    if (!(await stat(path).catch(() => undefined))) return undefined;
    return this.runtime.imatrix(path, token).catch((error: unknown) => {
      if (!isCancellation(error)) this.log.info(`${path} is not used: ${sentenceOf(error)}`);
      return undefined;
    });
  }

  /** Reads any importance matrix; a HumanError when the file is none. */
  read(path: string, token: CancellationToken): Promise<ImatrixInfo> {
    return this.runtime.imatrix(path, token);
  }

  /** Writes the matrix of a model, to pathFor(model) unless another output is chosen. */
  async *calibrate(model: ModelFile, texts: readonly CalibrationText[], token: CancellationToken, choices: CalibrationChoices = {}): Job<TimedCalibration, ImatrixInfo> {
    const started = performance.now();
    const usualContext = Math.min(chunkTokens, model.contextLength || chunkTokens);
    const { output = this.pathFor(model), context = usualContext, chunks = calibrationChunks } = choices;
    const job = this.runtime.calibrate({ model: model.path, texts, output, context, chunks, threads: this.threads() }, token);
    for await (const event of job) {
      if (event.kind === "result") {
        yield event;
        continue;
      }
      const { chunk, totalChunks } = event.progress;
      const left = secondsLeft(chunk / Math.max(1, totalChunks), (performance.now() - started) / 1000);
      yield { kind: "progress", progress: { ...event.progress, secondsLeft: left } };
    }
  }
}
