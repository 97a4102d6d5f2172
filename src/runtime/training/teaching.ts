import { setImmediate } from "node:timers/promises";
import { crossEntropy, drawLabel, mixWithToken, softmax, surprise } from "../../core/training/labels";
import type { Random } from "../../core/training/random";
import type { TrainingSequence } from "../../core/training/sequences";
import type { TrainSettings } from "../../protocol/compression";
import type { MeasuredModel } from "../evaluation/measuredModel";
import type { TokenBatch } from "../ffi/tokenBatch";
import type { TrainingStep } from "../ffi/training";
import type { Learner } from "./learner";

/** What one step learns, and the loss before it where only the positions that are learnt count. */
export type Lesson = Pick<TrainingStep, "tokens" | "next" | "distributions"> & { readonly loss?: number };

type Labels = Pick<TrainSettings, "context" | "temperature" | "hardShare" | "labels">;

/** Milliseconds of arithmetic after which messages are let in. */
const breath = 30;

/** Says what the student is to foretell: the tokens that follow, or what its teacher foretells. */
export class Teaching {
  readonly #row: Float32Array;
  readonly #own: Float32Array;
  readonly #wanted: Int8Array;
  /** Of all positions of a sequence. */
  #distributions: Float32Array | undefined;
  #paused = performance.now();

  constructor(
    private readonly student: Learner,
    private readonly teacher: MeasuredModel | undefined,
    private readonly batch: TokenBatch,
    private readonly settings: Labels,
  ) {
    this.#row = new Float32Array(student.vocabulary.size);
    this.#own = new Float32Array(student.vocabulary.size);
    this.#wanted = new Int8Array(settings.context).fill(1);
  }

  async lesson(sequence: TrainingSequence, random: Random): Promise<Lesson> {
    const { tokens, next, learnt } = sequence;
    const whole = this.settings.labels === "distribution";
    if (this.teacher === undefined && (learnt === undefined || !whole)) return { tokens, next };
    if (!whole) return { tokens, next: await this.#drawn(sequence, random) };
    await this.#read(sequence, learnt !== undefined);
    return this.#distributed(sequence);
  }

  /** Cross-entropy of what is to be foretold, summed over the positions that are learnt, nats. */
  async loss(sequence: TrainingSequence): Promise<{ readonly sum: number; readonly positions: number }> {
    await this.#read(sequence, true);
    let [sum, positions] = [0, 0];
    for (let position = 0; position < this.settings.context; position++) {
      if (!this.#isLearnt(sequence, position)) continue;
      this.student.readLogits(position, this.#own);
      sum += this.teacher === undefined ? surprise(sequence.next[position]!, this.#own) : crossEntropy(this.#target(sequence, position, this.#row), this.#own);
      positions++;
      await this.#breathe();
    }
    return { sum, positions };
  }

  async #read({ tokens }: TrainingSequence, byStudent: boolean): Promise<void> {
    await this.teacher?.decodeChunks(this.batch, tokens, this.#wanted);
    if (byStudent) await this.student.decode(tokens);
  }

  /** Where nothing is to be learnt, the student's own distribution has no gradient. */
  async #distributed(sequence: TrainingSequence): Promise<Lesson> {
    const size = this.#row.length;
    const distributions = (this.#distributions ??= new Float32Array(this.settings.context * size));
    let [sum, positions] = [0, 0];
    for (let position = 0; position < this.settings.context; position++) {
      const row = distributions.subarray(position * size, (position + 1) * size);
      if (sequence.learnt !== undefined) this.student.readLogits(position, this.#own);
      if (this.#isLearnt(sequence, position)) {
        this.#target(sequence, position, row);
        if (sequence.learnt !== undefined) sum += crossEntropy(row, this.#own);
        positions++;
      } else {
        softmax(this.#own, 1, row);
      }
      await this.#breathe();
    }
    return { tokens: sequence.tokens, next: sequence.next, distributions, ...(sequence.learnt !== undefined && { loss: sum / positions }) };
  }

  #target({ next }: TrainingSequence, position: number, row: Float32Array): Float32Array {
    if (this.teacher === undefined) {
      row.fill(0);
      row[next[position]!] = 1;
      return row;
    }
    this.teacher.readLogits(position, row);
    softmax(row, this.settings.temperature, row);
    mixWithToken(row, next[position]!, this.settings.hardShare);
    return row;
  }

  async #drawn(sequence: TrainingSequence, random: Random): Promise<Int32Array> {
    await this.#read(sequence, false);
    const { temperature, hardShare } = this.settings;
    const labels = Int32Array.from(sequence.next);
    for (let position = 0; position < labels.length; position++) {
      this.teacher!.readLogits(position, this.#row);
      const drawn = drawLabel(this.#row, temperature, random);
      if (random.next() >= hardShare) labels[position] = drawn;
      await this.#breathe();
    }
    return labels;
  }

  #isLearnt({ learnt }: TrainingSequence, position: number): boolean {
    return learnt === undefined || this.settings.labels === "drawn" || learnt[position] === 1;
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#paused < breath) return;
    await setImmediate();
    this.#paused = performance.now();
  }
}
