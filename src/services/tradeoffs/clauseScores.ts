import { addClauses, clauseF1, countClauses, type LabelledSpans, noClauses } from "../../core/evaluation/clauseScore";
import { HumanError } from "../../protocol/humanError";
import type { Finding, LoadedModel } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { Runtime } from "../ports";
import type { Results } from "./results";

/** A document with the places of its clauses, as a lawyer labelled them. */
export interface LabelledDocument {
  readonly name: string;
  readonly text: string;
  readonly spans: LabelledSpans;
}

/** Reads labelled documents with one version after the other. The model that was loaded before is loaded again at the end. */
export class ClauseScores {
  readonly #before: LoadedModel | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly documents: readonly LabelledDocument[],
    private readonly threads: number,
    private readonly token: CancellationToken,
  ) {
    this.#before = runtime.loaded;
  }

  wanted(results: Results, recipeKey: string): boolean {
    return this.documents.length > 0 && results.get(recipeKey)?.clauseF1 === undefined;
  }

  /** Adds the clause F1 of a file to what is kept of its recipe, unless it is there. */
  async add(results: Results, recipeKey: string, path: string): Promise<void> {
    const kept = results.get(recipeKey);
    if (kept && this.wanted(results, recipeKey)) results.put(recipeKey, { ...kept, clauseF1: await this.#score(path) });
  }

  async restore(token: CancellationToken): Promise<void> {
    const { loaded } = this.runtime;
    if (loaded?.path === this.#before?.path) return;
    if (!this.#before) return this.runtime.unload();
    const { path, contextSize, gpuLayers } = this.#before;
    await this.runtime.load({ path, contextSize, gpuLayers, threads: this.threads }, token);
  }

  async #score(path: string): Promise<number> {
    await this.runtime.load({ path, threads: this.threads, gpuLayers: 0 }, this.token);
    let counts = noClauses;
    for (const { text, spans } of this.documents) counts = addClauses(counts, countClauses(await this.#findings(text), spans));
    return clauseF1(counts);
  }

  async #findings(text: string): Promise<readonly Finding[]> {
    for await (const event of this.runtime.spot({ text }, this.token)) if (event.kind === "result") return event.result.findings;
    throw new HumanError("runtimeStopped", "Reading the labelled documents ended without a result.");
  }
}
