import { addClauses, clauseF1, countClauses, type LabelledSpans, noClauses } from "../../core/evaluation/clauseScore";
import { HumanError } from "../../protocol/humanError";
import type { Finding } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { Runtime } from "../ports";

/** A document with the places of its clauses, as a lawyer labelled them. */
export interface LabelledDocument {
  readonly name: string;
  readonly text: string;
  readonly spans: LabelledSpans;
}

/** Clause F1 of a model file on labelled documents, 0 to 1; undefined for a model that cannot spot clauses. Replaces the loaded model. */
export async function clauseScore(runtime: Runtime, path: string, documents: readonly LabelledDocument[], threads: number, token: CancellationToken): Promise<number | undefined> {
  const loaded = await runtime.load({ path, threads, gpuLayers: 0 }, token);
  if (!loaded.canSpotByCue) return undefined;
  let counts = noClauses;
  for (const { text, spans } of documents) counts = addClauses(counts, countClauses(await findings(runtime, text, token), spans));
  return clauseF1(counts);
}

async function findings(runtime: Runtime, text: string, token: CancellationToken): Promise<readonly Finding[]> {
  for await (const event of runtime.spot({ text }, token)) if (event.kind === "result") return event.result.findings;
  throw new HumanError("runtimeStopped", "Reading the labelled documents ended without a result.");
}
