import { resolve } from "node:path";
import { parseOwnCategories } from "../core/documents/ownCategories";
import { lineAt, lineStarts } from "../core/documents/lines";
import { HumanError } from "../protocol/humanError";
import type { ModelFile } from "../protocol/model";
import type { AnalysisSnapshot } from "../protocol/panels";
import { compareFindings } from "../services/analysis/comparison";
import type { AnalysedDocument, DocumentAnalysis } from "../services/analysis/documentAnalysis";
import type { Command, Invocation } from "./command";
import { chosenModel, excerpt, readDocument } from "./document";
import { table } from "./table";
import { readTextFile } from "./textFile";

export const spot: Command = {
  name: "spot",
  usage: "spot DOC… --model F [--against F2] [--categories F]",
  summary: "Find the clauses of contracts, or compare what two models find",
  options: { model: { type: "string" }, against: { type: "string" }, categories: { type: "string" } },
  async run(invocation) {
    const { output, positionals } = invocation;
    if (positionals.length === 0) throw new HumanError("badArgument", "Say which document.");
    const model = await chosenModel(invocation);
    const other = invocation.options["against"] === undefined ? undefined : await chosenModel(invocation, "against");
    const analysis = await chosenAnalysis(invocation);
    const documents = await Promise.all(positionals.map((file) => readDocument(invocation, file)));
    for (const [index, document] of documents.entries()) {
      const file = positionals[index] ?? document.name;
      if (other) {
        await compare(invocation, analysis, { file, document }, model, other);
        continue;
      }
      const snapshot = await read(invocation, analysis, document, model, `Document ${index + 1} of ${documents.length}`);
      if (invocation.json) output.result(JSON.stringify(machineReadable(file, snapshot)));
      else output.result(report(file, snapshot));
    }
  },
};

/** With the own categories of a file that is named. */
async function chosenAnalysis({ services, options: { categories } }: Invocation): Promise<DocumentAnalysis> {
  return typeof categories === "string" ? services.analysisWith(parseOwnCategories(await readTextFile(resolve(categories)))) : services.analysis;
}

async function read({ output, token }: Invocation, analysis: DocumentAnalysis, document: AnalysedDocument, model: ModelFile, label: string): Promise<AnalysisSnapshot> {
  let last: AnalysisSnapshot = { findings: [] };
  output.progress(label);
  for await (const snapshot of analysis.analyse(document, model, token)) last = snapshot;
  return last;
}

/** Findings first, as score files have them. */
function machineReadable(file: string, { findings, kind, missing, seconds, reused, warning }: AnalysisSnapshot): object {
  return { file, findings: findings.map(({ category, start, end, probability }) => ({ category, start, end, probability })), kind: kind?.name, missing, seconds, reused, warning };
}

function report(file: string, { findings, kind, missing = [], warning }: AnalysisSnapshot): string {
  const rows = findings.map((f) => [String(f.line), f.category, f.probability.toFixed(2), excerpt(f.quote)]);
  const absent = missing.map(({ category, share }) => `${category} (${Math.round(100 * share)} in 100 have one)`);
  return [
    `${file}: ${findings.length} findings${kind ? `, reads like: ${kind.name}` : ""}`,
    ...(warning ? [warning] : []),
    "",
    ...(rows.length > 0 ? [table(["Line", "Category", "Probability", "Passage"], rows), ""] : []),
    ...(absent.length > 0 ? [`Expected and not found: ${absent.join(", ")}`, ""] : []),
    "Passages to read, found by a model that errs; no legal advice.",
    "",
  ].join("\n");
}

async function compare(
  { output, token, json }: Invocation, analysis: DocumentAnalysis, { file, document }: { readonly file: string; readonly document: AnalysedDocument }, first: ModelFile, second: ModelFile,
): Promise<void> {
  for await (const { progress, comparison } of compareFindings(document, first, second, analysis, token)) {
    if (progress) output.progress(progress.label);
    if (!comparison) continue;
    if (json) {
      output.result(JSON.stringify({ file, ...comparison }));
      continue;
    }
    const starts = lineStarts(document.text);
    const rows = comparison.rows.map(({ category, start, firstProbability, secondProbability, quote }) => [
      String(lineAt(starts, start) + 1), firstProbability === undefined ? "+" : secondProbability === undefined ? "-" : "", category,
      firstProbability?.toFixed(2) ?? "", secondProbability?.toFixed(2) ?? "", excerpt(quote, 50),
    ]);
    const both = comparison.rows.filter((row) => row.firstProbability !== undefined && row.secondProbability !== undefined).length;
    output.result(`${document.name}: ${both} found by both, ${comparison.rows.length - both} by one\n\n${table(["Line", "", "Category", comparison.first, comparison.second, "Passage"], rows)}\n`);
  }
}
