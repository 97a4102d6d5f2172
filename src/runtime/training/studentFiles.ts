import { stat } from "node:fs/promises";
import { totalmem } from "node:os";
import { basename } from "node:path";
import { metadataString } from "../../core/gguf/header";
import { type MetadataEntry, type WrittenTensor, writtenBytes } from "../../core/gguf/writer";
import { adapterProblem } from "../../core/models/adapterProblem";
import { adapterMetadata, adapterPairs, initialValues } from "../../core/training/adapterFile";
import type { SavedFile } from "../../core/training/checkpoint";
import { Random } from "../../core/training/random";
import { floatBytes, needsFloatCopy } from "../../core/training/studentFit";
import { HumanError } from "../../protocol/humanError";
import type { TrainParams } from "../../protocol/compression";
import { checkFreeSpace, freeSpace } from "../compression/outputPlace";
import { type OutputOptions, type ProducedFile, producedBytes, writeGguf } from "../gguf/ggufOutput";
import { readHeader } from "../gguf/headerFile";
import { TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";
import type { CheckpointFolder } from "./checkpointFolder";
import type { Learner } from "./learner";
import { floatStudent, trainedAdapter, trainedStudent } from "./trainedFile";

/** What numbers are drawn for. */
const drawingAdapter = 3;

/** The files of one training: what the learner opens, its values, and what comes out in the end. */
export class StudentFiles {
  readonly #pairs: readonly WrittenTensor[];
  readonly #metadata: readonly MetadataEntry[];

  constructor(
    private readonly params: TrainParams,
    private readonly student: TensorFile,
    private readonly rows: WeightRows,
    private readonly checkpoint: CheckpointFolder,
  ) {
    const { adapter } = params;
    const architecture = metadataString(student.header, "general.architecture") ?? "";
    this.#pairs = adapter ? adapterPairs(student.header.tensors, adapter.targets, adapter.rank).flatMap(({ a, b }) => [a, b]) : [];
    this.#metadata = adapterMetadata(architecture, adapter?.alpha ?? 1);
  }

  /** Room for the student in 32 bits, two sets of values and the output. */
  async checkSpace({ free = freeSpace }: OutputOptions): Promise<void> {
    const values = this.params.adapter ? this.#pairs.reduce((sum, tensor) => sum + writtenBytes(tensor), 0) : floatBytes(this.student.header.tensors);
    const copy = this.#needsCopy ? floatBytes(this.student.header.tensors) : 0;
    await checkFreeSpace(this.params.output, copy + 3 * values, free);
  }

  /** What the learner is to open. */
  async prepare(signal: AbortSignal): Promise<{ readonly path: string; readonly adapter?: string }> {
    const path = this.#needsCopy ? await this.#copy(signal) : this.params.student;
    return { path, ...(this.params.adapter && { adapter: this.checkpoint.pathOf(await this.#firstAdapter()) }) };
  }

  writeValues(step: number, learner: Learner): Promise<SavedFile> {
    const tensors = this.params.adapter ? this.#pairs : this.student.header.tensors.filter(({ name }) => learner.learns(name)).map(({ name, shape }) => ({ name, type: "F32", shape }));
    return this.checkpoint.writeValues(step, this.#metadata, tensors, ({ name }) => learner.read(name));
  }

  /** Writes the output from a file of values. */
  async write(values: string, signal: AbortSignal, options: OutputOptions): Promise<{ readonly bytes: number }> {
    const { student, teacher, adapter, output } = this.params;
    const file = await TensorFile.open(values);
    try {
      const step = `${teacher === undefined ? "train" : `distil from ${basename(teacher)}`}${adapter ? ` as an adapter of rank ${adapter.rank}` : ""}`;
      const produced: ProducedFile = adapter ? trainedAdapter(this.rows, this.student, file, adapter.alpha, step) : trainedStudent(this.rows, this.student, file, step);
      const tryAdapter = async (path: string): Promise<void> => {
        const problem = adapterProblem(this.student.header, readHeader(path));
        if (problem) throw new HumanError("failed", `${basename(output)} ${problem}`);
      };
      await checkFreeSpace(output, producedBytes(produced), options.free ?? freeSpace);
      return await writeGguf(output, [student], produced, () => undefined, signal, adapter ? { ...options, tryLoad: tryAdapter } : options);
    } finally {
      await file.close();
    }
  }

  get #needsCopy(): boolean {
    return needsFloatCopy(this.student.header.tensors, this.params.adapter !== undefined, totalmem());
  }

  async #copy(signal: AbortSignal): Promise<string> {
    const path = this.checkpoint.student;
    if (!(await stat(path).catch(() => undefined))) await writeGguf(path, [], floatStudent(this.rows, this.student), () => undefined, signal);
    return path;
  }

  async #firstAdapter(): Promise<SavedFile> {
    const random = Random.of(this.params.settings.seed, drawingAdapter, 0);
    return this.checkpoint.writeFirst(this.#metadata, this.#pairs, (tensor) => initialValues(tensor, random));
  }
}
