import { EarlyStopping } from "../../core/training/earlyStopping";
import type { SavedFile, SavedTraining } from "../../core/training/checkpoint";
import type { TrainingSequence } from "../../core/training/sequences";
import { HumanError } from "../../protocol/humanError";
import type { TrainProgress, TrainResult, TrainSettings } from "../../protocol/compression";
import type { Learner } from "./learner";
import { LossCurve } from "./lossCurve";
import { StepPlan } from "./stepPlan";
import type { Teaching } from "./teaching";

/** A checkpoint is at most this old, milliseconds, unless writing it takes more than a twentieth of the time. */
const checkpointEvery = 20_000;
const writingShare = 20;
/** Milliseconds between reports. */
const reportEvery = 250;

export interface RunParts {
  readonly learner: Learner;
  readonly teaching: Teaching;
  readonly training: readonly TrainingSequence[];
  readonly validation: readonly TrainingSequence[];
  readonly settings: TrainSettings;
  readonly resumed?: SavedTraining;
  /** Writes what learns as it is now. */
  writeValues(step: number): Promise<SavedFile>;
  save(state: RunState): Promise<void>;
  onProgress(progress: TrainProgress): void;
}
export type RunState = Omit<SavedTraining, "format" | "fingerprint" | "student" | "output">;
export type RunEnd = Pick<TrainResult, "stopped"> & { readonly state: RunState };

/** Steps, validations and checkpoints of one training, from its beginning or from where it stood. */
export class TrainingRun {
  readonly #plan: StepPlan;
  readonly #stopping: EarlyStopping;
  readonly #curve: LossCurve;
  readonly #started = performance.now();
  readonly #from: number;
  readonly #before: { readonly tokens: number; readonly seconds: number };
  #step: number;
  #reportedAt = 0;
  #validationBefore: number;
  #bestStep: number;
  #best: SavedFile | undefined;
  #saved = { at: performance.now(), took: 0, step: -1 };

  constructor(private readonly parts: RunParts, private readonly signal: AbortSignal) {
    const { settings, training, resumed } = parts;
    this.#from = this.#step = resumed?.step ?? 0;
    this.#plan = new StepPlan(settings, training.length, this.#from);
    this.#stopping = new EarlyStopping(settings.patience, resumed?.stopping);
    this.#curve = new LossCurve(this.#plan.steps, resumed?.points);
    this.#before = { tokens: resumed?.tokens ?? 0, seconds: resumed?.seconds ?? 0 };
    this.#validationBefore = resumed?.validationBefore ?? NaN;
    this.#bestStep = resumed?.bestStep ?? 0;
    this.#best = resumed?.best;
    this.#saved.step = resumed?.step ?? -1;
  }

  /** Throws a HumanError when it is cancelled, or the loss is not finite before anything got better; the checkpoint is good then. */
  async run(): Promise<RunEnd> {
    const { settings, training } = this.parts;
    const { steps } = this.#plan;
    if (this.#best === undefined) await this.#begin();
    const validateEvery = settings.validateEvery ?? training.length;
    while (this.#step < steps) {
      if (this.signal.aborted) await this.#leave();
      const loss = await this.#learn();
      if (!Number.isFinite(loss)) return this.#notFinite();
      this.#step++;
      this.#curve.note(this.#step, loss, this.#plan.learningRateOf(this.#step));
      this.#report("training");
      if (this.#step % validateEvery === 0 || this.#step === steps) {
        const judged = await this.#validate();
        if (judged === "notFinite") return this.#notFinite();
        if (judged === "stop") return { stopped: "early", state: this.#state(this.#best!) };
      } else if (this.#isDue()) {
        await this.#checkpoint();
      }
    }
    return { stopped: "finished", state: this.#state(this.#best!) };
  }

  async #begin(): Promise<void> {
    this.#validationBefore = await this.#validationLoss();
    if (!Number.isFinite(this.#validationBefore)) throw new HumanError("failed", "The student computes numbers that are none, even before it learns: take another model.");
    this.#stopping.validated(this.#validationBefore);
    this.#curve.begin(this.#validationBefore);
    await this.#checkpoint(true);
  }

  async #learn(): Promise<number> {
    const { settings, teaching, learner, training } = this.parts;
    const lesson = await teaching.lesson(training[this.#plan.sequenceOf(this.#step)]!, this.#plan.randomOf(this.#step));
    const loss = await learner.step({ ...lesson, learningRate: this.#plan.learningRateOf(this.#step), weightDecay: settings.weightDecay });
    return Number.isFinite(loss) ? (lesson.loss ?? loss) : loss;
  }

  async #validate(): Promise<"best" | "worse" | "stop" | "notFinite"> {
    const loss = await this.#validationLoss();
    if (!Number.isFinite(loss)) return "notFinite";
    this.#curve.validated(this.#step, loss, this.#plan.learningRateOf(this.#step));
    const judged = this.#stopping.validated(loss);
    if (judged === "best") this.#bestStep = this.#step;
    if (judged === "best" || this.#isDue()) await this.#checkpoint(judged === "best");
    this.#report("validating", true);
    return judged;
  }

  async #validationLoss(): Promise<number> {
    this.#report("validating", true);
    let [sum, positions] = [0, 0];
    for (const sequence of this.parts.validation) {
      if (this.signal.aborted) await this.#leave();
      const own = await this.parts.teaching.loss(sequence);
      sum += own.sum;
      positions += own.positions;
    }
    return sum / positions;
  }

  #isDue(): boolean {
    return performance.now() - this.#saved.at > Math.max(checkpointEvery, writingShare * this.#saved.took);
  }

  async #checkpoint(best = false): Promise<void> {
    const started = performance.now();
    const values = await this.parts.writeValues(this.#step);
    if (best) this.#best = values;
    await this.parts.save(this.#state(values));
    this.#saved = { at: performance.now(), took: performance.now() - started, step: this.#step };
  }

  async #leave(): Promise<never> {
    if (this.#best !== undefined && this.#step > this.#saved.step) await this.#checkpoint();
    throw HumanError.cancelled();
  }

  #notFinite(): RunEnd {
    if (this.#bestStep > 0) return { stopped: "notFinite", state: this.#state(this.#best!) };
    const { learningRate } = this.parts.settings;
    throw new HumanError("failed", `The loss is not a finite number any more after ${this.#step} steps: start anew with a lower learning rate than ${learningRate}, e.g. ${learningRate / 10}.`);
  }

  #state(values: SavedFile): RunState {
    return {
      step: this.#step, steps: this.#plan.steps, points: this.#curve.points, stopping: this.#stopping.state, bestStep: this.#bestStep, validationBefore: this.#validationBefore,
      tokens: this.#before.tokens + this.#tokens(), seconds: this.#before.seconds + this.#seconds(), values, best: this.#best ?? values,
    };
  }

  #tokens(): number {
    return (this.#step - this.#from) * this.parts.settings.context;
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #report(phase: TrainProgress["phase"], always = false): void {
    if (!always && performance.now() - this.#reportedAt < reportEvery) return;
    this.#reportedAt = performance.now();
    this.parts.onProgress({
      phase, step: this.#step, steps: this.#plan.steps, epoch: this.#plan.epochOf(this.#step), fraction: this.#step / this.#plan.steps,
      tokensPerSecond: this.#tokens() / this.#seconds(), points: this.#curve.news(), ...(this.#from > 0 && { resumedFrom: this.#from }),
    });
  }
}
