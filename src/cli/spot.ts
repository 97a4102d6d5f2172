import { resolve } from "node:path";
import { lineAt, lineStarts } from "../core/documents/lines";
import { HumanError } from "../protocol/humanError";
import type { ModelFile } from "../protocol/model";
import type { AnalysisSnapshot } from "../protocol/panels";
import { compareFindings } from "../services/analysis/comparison";
import type { AnalysedDocument } from "../services/analysis/documentAnalysis";
import { type Command, type Invocation, json } from "./command";
import { chosenModel, excerpt, readDocument } from "./document";
import { table } from "./table";

export const spot: Command = {
  name: "spot",
  usage: "spot DOC… --model F [--against F2]",
  summary: "Find the clauses of contracts, or compare what two models find",
  options: { model: { type: "string" }, against: { type: "string" }, categories: { type: "string" } },
  async run(invocation) {
    const { output, positionals } = invocation;
    if (positionals.length === 0) throw new HumanError("badArgument", "Say which document.");
    const model = await chosenModel(invocation);
    const documents = await Promise.all(positionals.map((file) => readDocument(invocation, file)));
    for (const [index, document] of documents.entries()) {
      const file = positionals[index] ?? document.name;
      if (invocation.options["against"] !== undefined) {
        await compare(invocation, document, model, await chosenModel(invocation, "against"));
        continue;
      }
      const snapshot = await read(invocation, document, model, `Document ${index + 1} of ${documents.length}`);
      if (invocation.json) output.result(JSON.stringify(machineReadable(file, snapshot)));
      else output.result(report(file, snapshot));
    }
  },
};

async function read({ services, options, output, token }: Invocation, document: AnalysedDocument, model: ModelFile, label: string): Promise<AnalysisSnapshot> {
  const categories = options["categories"];
  const analysis = typeof categories === "string" ? services.analysisWith(resolve(categories)) : services.analysis;
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

async function compare(invocation: Invocation, document: AnalysedDocument, first: ModelFile, second: ModelFile): Promise<void> {
  const { services, output, token } = invocation;
  for await (const { progress, comparison } of compareFindings(document, first, second, services.analysis, token)) {
    if (progress) output.progress(progress.label);
    if (!comparison) continue;
    if (invocation.json) {
      output.result(json(comparison));
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
