import { basename } from "node:path";
import type { ModelFile } from "../../protocol/model";
import type { FindingsComparison, JobProgress, ShownFinding } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { AnalysedDocument, DocumentAnalysis } from "./documentAnalysis";

export interface ComparisonUpdate {
  readonly progress?: JobProgress;
  readonly comparison?: FindingsComparison;
}

/** Reads the document with one model, then with the other; the last update is what they found. Cached readings cost nothing. */
export async function* compareFindings(
  document: AnalysedDocument, first: ModelFile, second: ModelFile, analysis: Pick<DocumentAnalysis, "analyse">, token: CancellationToken,
): AsyncGenerator<ComparisonUpdate> {
  const found: (readonly ShownFinding[])[] = [];
  for (const [index, model] of [first, second].entries()) {
    let findings: readonly ShownFinding[] = [];
    for await (const snapshot of analysis.analyse(document, model, token)) {
      findings = snapshot.findings;
      const { progress } = snapshot;
      if (progress) yield { progress: { label: `${basename(model.path)}: ${progress.label}`, fraction: (index + progress.fraction) / 2 } };
    }
    found.push(findings);
  }
  const [one = [], other = []] = found;
  yield { comparison: { first: basename(first.path, ".gguf"), second: basename(second.path, ".gguf"), rows: comparedRows(one, other) } };
}

/** Both lists as one, in the order of the text; a finding of both has one row. */
export function comparedRows(first: readonly ShownFinding[], second: readonly ShownFinding[]): FindingsComparison["rows"] {
  const others = new Map(second.map((finding) => [keyOf(finding), finding]));
  const known = new Set(first.map(keyOf));
  return [
    ...first.map((finding) => {
      const other = others.get(keyOf(finding));
      return { ...rowOf(finding), firstProbability: finding.probability, ...(other && { secondProbability: other.probability }) };
    }),
    ...second.filter((finding) => !known.has(keyOf(finding))).map((finding) => ({ ...rowOf(finding), secondProbability: finding.probability })),
  ].sort((a, b) => a.start - b.start || a.category.localeCompare(b.category));
}

/** Both models read the same segments, so the same passage has the same place. */
function keyOf({ category, start }: ShownFinding): string {
  return `${category}@${start}`;
}

function rowOf({ category, severity, start, end, line, quote }: ShownFinding): FindingsComparison["rows"][number] {
  return { category, severity, start, end, line, quote };
}
