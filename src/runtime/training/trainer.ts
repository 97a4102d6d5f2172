import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { givesWay, type SavedTraining } from "../../core/training/checkpoint";
import { checkTrainSettings } from "../../core/training/defaultSettings";
import { Random } from "../../core/training/random";
import { split } from "../../core/training/sequences";
import { HumanError } from "../../protocol/humanError";
import type { TrainParams, TrainProgress, TrainResult } from "../../protocol/compression";
import { MeasuredModel } from "../evaluation/measuredModel";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import type { OutputOptions } from "../gguf/ggufOutput";
import { readHeader } from "../gguf/headerFile";
import { TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { CheckpointFolder } from "./checkpointFolder";
import { Learner } from "./learner";
import { checkOutput, checkStudent, checkTeacher } from "./studentChecks";
import { StudentFiles } from "./studentFiles";
import { Teaching } from "./teaching";
import { type RunEnd, TrainingRun } from "./trainingRun";
import { sequencesOf } from "./trainingSequences";
import { readValues } from "./valuesFile";

/** What numbers are drawn for; stepPlan.ts and studentFiles.ts have the others. */
const drawingSplit = 4;

/**
 * Lets a model learn, or an adapter for it, from data and perhaps a teacher, and writes the values that did best on what was held back. An
 * unfinished training (cancelled, crashed) leaves its checkpoint, and is gone on with when the same is asked again: with Adam's moments anew,
 * which llama.cpp does not hand out, and the learning rate warmed up again. The same data, settings, seed and threads give the same bytes.
 */
export async function train(
  params: TrainParams, onProgress: (progress: TrainProgress) => void, signal: AbortSignal, options: OutputOptions = {},
): Promise<TrainResult> {
  checkTrainSettings(params.settings);
  const header = readHeader(params.student);
  checkStudent(header, params);
  if (params.teacher !== undefined) checkTeacher(header, readHeader(params.teacher), params);
  await checkOutput(params);
  const checkpoint = new CheckpointFolder(params.checkpoint);
  const fingerprint = await fingerprintOf(params);
  const release = await checkpoint.take();
  try {
    return await trainIn(checkpoint, fingerprint, params, onProgress, signal, options);
  } finally {
    await release();
  }
}

async function trainIn(
  checkpoint: CheckpointFolder, fingerprint: string, params: TrainParams, onProgress: (progress: TrainProgress) => void, signal: AbortSignal, options: OutputOptions,
): Promise<TrainResult> {
  if (params.restart) await checkpoint.remove();
  const found = await checkpoint.read();
  const foreign = found !== undefined && found.fingerprint !== fingerprint;
  const saved = foreign && givesWay(found) ? undefined : found;
  // A run that was killed before its first checkpoint may have left the copy of another student.
  if (!saved) await checkpoint.remove();
  if (saved && foreign) {
    throw new HumanError("badArgument", `The checkpoint ${basename(params.checkpoint)} is of another training (${basename(saved.student)}, step ${saved.step} of ${saved.steps}): go on with that one, or begin this one in its place: run it with --restart, or Start Anew in the lab.`);
  }
  onProgress({ phase: "preparing", step: saved?.step ?? 0, steps: saved?.steps ?? 0, epoch: 0, fraction: 0, tokensPerSecond: 0, points: [] });
  const library = openNativeLibrary();
  const student = await TensorFile.open(params.student);
  const rows = new WeightRows(library);
  const silence = library.log.listen(() => {});
  try {
    const files = new StudentFiles(params, student, rows, checkpoint);
    await files.checkSpace(options);
    const { end, notes } = await learn({ library, params, files, checkpoint, fingerprint, saved, onProgress, signal });
    onProgress({ phase: "writing", step: end.state.step, steps: end.state.steps, epoch: 0, fraction: 1, tokensPerSecond: end.state.tokens / end.state.seconds, points: [] });
    const { bytes } = await files.write(checkpoint.pathOf(end.state.best), signal, options);
    await checkpoint.remove();
    const { step, points, tokens, seconds, validationBefore, bestStep, stopping } = end.state;
    return {
      path: params.output, bytes, steps: step, validationBefore, validationBest: stopping.best, bestStep, stopped: end.stopped, points, tokens, seconds,
      tokensPerSecond: tokens / seconds, notes: [...notes, ...remarks(end, params)],
    };
  } catch (error) {
    // Nothing was learnt yet: there is nothing to go on with.
    if (!(await checkpoint.read().catch(() => saved ?? true))) await checkpoint.remove();
    throw error;
  } finally {
    silence();
    rows.dispose();
    await student.close();
  }
}

interface Work {
  readonly library: NativeLibrary;
  readonly params: TrainParams;
  readonly files: StudentFiles;
  readonly checkpoint: CheckpointFolder;
  readonly fingerprint: string;
  readonly saved: SavedTraining | undefined;
  readonly onProgress: (progress: TrainProgress) => void;
  readonly signal: AbortSignal;
}

async function learn({ library, params, files, checkpoint, fingerprint, saved, onProgress, signal }: Work): Promise<{ readonly end: RunEnd; readonly notes: readonly string[] }> {
  const { settings, threads, student, output } = params;
  const { context } = settings;
  const batch = library.newBatch(context);
  let learner: Learner | undefined;
  let teacher: MeasuredModel | undefined;
  try {
    const opened = await files.prepare(signal);
    if (signal.aborted) throw HumanError.cancelled();
    learner = await Learner.open(library, { ...opened, context, piece: settings.piece ?? context, threads: Math.max(1, threads) });
    const { sequences, tokens, notes } = sequencesOf(learner.vocabulary, params.data, context);
    const parts = split(sequences, settings.validationShare, Random.of(settings.seed, drawingSplit, 0), { tokens, context });
    if (saved) for await (const [name, values] of readValues(checkpoint.pathOf(saved.values))) learner.write(name, values);
    if (params.teacher !== undefined) {
      teacher = await MeasuredModel.open(library, params.teacher, { context, threads });
      await teacher.prepare(1, { context, threads });
    }
    if (signal.aborted) throw HumanError.cancelled();
    const learning = learner;
    const run = new TrainingRun({
      ...parts, learner, settings, onProgress, resumed: saved,
      teaching: new Teaching(learner, teacher, batch, settings),
      writeValues: (step) => files.writeValues(step, learning),
      save: (state) => checkpoint.save({ ...state, format: 1, fingerprint, student, output }),
    }, signal);
    return { end: await run.run(), notes };
  } finally {
    teacher?.dispose();
    learner?.dispose();
    batch.dispose();
  }
}

function remarks({ stopped, state }: RunEnd, { data, adapter, settings }: TrainParams): readonly string[] {
  return [
    ...(state.bestStep === 0 ? ["No validation was better than before the first step: what was written changes nothing. Try more data, more epochs or another learning rate."] : []),
    ...(stopped === "notFinite" ? [`The loss was not a finite number after step ${state.step}: the values of step ${state.bestStep} were kept. A lower learning rate helps.`] : []),
    ...(stopped === "early" ? [`Stopped early: the values of step ${state.bestStep} were the best.`] : []),
    ...(adapter ? [] : ["The token embedding, keys and values of the attention stay as they are: llama.cpp's training does not reach them."]),
    ...(data.kind === "examples" && settings.labels === "drawn" ? ["With drawn labels all tokens of the examples are learnt, not only the answers."] : []),
  ];
}

/** Whether two trainings are the same, whatever their threads and outputs. */
async function fingerprintOf({ student, teacher, data, adapter, settings }: TrainParams): Promise<string> {
  const file = async (path: string | undefined): Promise<unknown> => {
    if (path === undefined) return undefined;
    const { size, mtimeMs } = await stat(path);
    return [path, size, mtimeMs];
  };
  const parts = [await file(student), await file(teacher), data, adapter, settings];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
