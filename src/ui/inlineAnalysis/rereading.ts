import { isCancellation } from "../../protocol/humanError";
import { CancellationTokenSource } from "../../protocol/rpc";
import type { Log, Runtime } from "../../services/ports";
import type { ModelActions } from "../models/modelActions";
import { Debounce } from "../debounce";
import { Disposables } from "../disposables";
import type { Analyses, Analysis } from "./analyses";
import type { AnalysisJobs } from "./analysisJobs";

export interface RereadingParts {
  readonly analyses: Analyses;
  readonly jobs: AnalysisJobs;
  readonly runtime: Pick<Runtime, "loaded">;
  readonly actions: Pick<ModelActions, "chosen">;
  readonly log: Log;
  /** The person's setting. */
  wanted(): boolean;
}

/** Milliseconds without an edit after which a document is read again. */
const pause = 1000;

/** Keeps findings true while a person writes: what was not edited is known already, so reading again is cheap. */
export class Rereading {
  readonly #disposables = new Disposables();
  readonly #later: Debounce;

  constructor(private readonly parts: RereadingParts) {
    const { analyses } = parts;
    this.#later = this.#disposables.add(new Debounce(pause, (uri) => void this.#again(uri)));
    this.#disposables.add(analyses.onDidEdit(({ document }) => this.#later.request(document.uri.toString())));
    this.#disposables.add(analyses.onDidEnd(({ document }) => this.#later.cancel(document.uri.toString())));
  }

  /** Reads all documents again, because something else than their text changed. */
  all(): void {
    for (const { document } of this.parts.analyses.all) this.#later.request(document.uri.toString());
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #again(uri: string): Promise<void> {
    const { jobs, log } = this.parts;
    if (jobs.busy) {
      await jobs.idle;
      return this.#later.request(uri);
    }
    const analysis = this.#stillWanted(uri);
    if (!analysis?.reader) return;
    try {
      const done = await jobs.analyse(analysis.document, analysis.reader, new CancellationTokenSource().token);
      if (!done) this.#later.request(uri);
    } catch (error) {
      // Nobody asked for this reading: the panel says what went wrong, and the next edit tries again.
      if (!isCancellation(error)) log.error(`${analysis.document.uri.path} could not be read again.`, error);
    }
  }

  /** Reading again must not throw out of memory a large model that the person chose for other work. */
  #stillWanted(uri: string): Analysis | undefined {
    const { analyses, runtime, actions, wanted } = this.parts;
    const analysis = analyses.all.find(({ document }) => document.uri.toString() === uri);
    if (!analysis?.reading.whole || !wanted()) return undefined;
    const inUse = [actions.chosen?.model, ...analyses.all.map(({ writer }) => writer)].some((model) => model?.path === runtime.loaded?.path);
    return inUse && runtime.loaded?.path !== analysis.reader?.path ? undefined : analysis;
  }
}
