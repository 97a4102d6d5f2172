import { rm } from "node:fs/promises";
import { HumanError, type HumanErrorCode } from "../protocol/humanError";
import type { MeterReading } from "../protocol/model";
import { MeterRequest } from "../protocol/rpc";
import { idle } from "./idleReading";
import { RuntimeProcess, type RuntimeProcessOptions } from "./runtimeProcess";

/** After these ends of a job nobody is left to tidy its output up but this side. */
const abrupt: readonly HumanErrorCode[] = ["cancelled", "runtimeCrashed", "runtimeStopped"];

/** Milliseconds that a job's process has to answer: native work may keep it from that. */
const patience = 200;

/** Jobs that have a short-lived process each, because they can only be cancelled by ending it. */
export class OwnProcesses {
  /** Each job ends when its process has, and its partial file is gone. */
  readonly #jobs = new Map<RuntimeProcess, Promise<unknown>>();
  readonly #last = new WeakMap<RuntimeProcess, MeterReading>();
  /** Questions that are not answered yet: never are two put at once. */
  readonly #asked = new WeakMap<RuntimeProcess, Promise<void>>();

  constructor(private readonly options: RuntimeProcessOptions) {}

  /** Runs a job in a fresh process, which ends with it; cancelling kills it after `cancelGrace` ms. A job that was cut off leaves no partial file. */
  async run<R>(work: (process: RuntimeProcess) => Promise<R>, cancelGrace = 0): Promise<R> {
    const process = new RuntimeProcess({ ...this.options, cancelGrace });
    const job = this.#finish(process, work(process));
    this.#jobs.set(process, job);
    try {
      return await job;
    } finally {
      this.#jobs.delete(process);
    }
  }

  /** What each of them reads now, or read last where it is too busy to answer. */
  readings(): Promise<readonly MeterReading[]> {
    return Promise.all([...this.#jobs.keys()].map((process) => this.#reading(process)));
  }

  /** Asks all of them to end, so that they delete their partial files themselves should this process not live to do it. */
  async stop(): Promise<void> {
    await Promise.allSettled([...this.#jobs].flatMap(([process, job]) => [process.stop(), job]));
  }

  async #reading(process: RuntimeProcess): Promise<MeterReading> {
    const asked = this.#asked.get(process) ?? process.ask(MeterRequest, "reading the meter").then((reading) => void this.#last.set(process, reading), () => undefined)
      .finally(() => this.#asked.delete(process));
    this.#asked.set(process, asked);
    await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, patience).unref())]);
    return this.#last.get(process) ?? idle;
  }

  async #finish<R>(process: RuntimeProcess, work: Promise<R>): Promise<R> {
    try {
      return await work;
    } catch (error) {
      await process.stop();
      if (process.partial && error instanceof HumanError && abrupt.includes(error.code)) await this.#tidy(process.partial);
      throw error;
    } finally {
      await process.stop();
    }
  }

  /** Windows may hold on to the file of a process that has just died. What ended the job is the news, not this. */
  async #tidy(partial: string): Promise<void> {
    await rm(partial, { force: true, maxRetries: 5 }).catch((error: unknown) => this.options.log.error(`${partial} could not be deleted.`, error));
  }
}
