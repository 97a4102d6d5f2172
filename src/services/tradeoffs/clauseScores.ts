import { addClauses, clauseF1, countClauses, type LabelledSpans, noClauses } from "../../core/evaluation/clauseScore";
import type { CancellationToken } from "../../protocol/rpc";
import type { Runtime } from "../ports";

/** A document with the places of its clauses, as a lawyer labelled them. */
export interface LabelledDocument {
  readonly name: string;
  readonly text: string;
  readonly spans: LabelledSpans;
}

/** Clause F1 of a model file on labelled documents, 0 to 1. The loaded model is not touched. */
export async function clauseScore(runtime: Runtime, path: string, documents: readonly LabelledDocument[], threads: number, token: CancellationToken): Promise<number> {
  const findings = await runtime.findings({ path, texts: documents.map(({ text }) => text), threads }, token);
  return clauseF1(documents.reduce((counts, { spans }, index) => addClauses(counts, countClauses(findings[index] ?? [], spans)), noClauses));
}
