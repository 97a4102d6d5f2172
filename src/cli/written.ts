import { lineAt, lineStarts } from "../core/documents/lines";
import type { Quote } from "../protocol/documents";
import type { AnalysisSnapshot, WrittenPart } from "../protocol/panels";
import type { AnalysedDocument } from "../services/analysis/documentAnalysis";
import { type Command, type Invocation, json, onePositional } from "./command";
import { chosenModel, excerpt, readDocument } from "./document";
import { table } from "./table";

const options = { model: { type: "string" }, patterns: { type: "boolean" } } as const;

/** Parties, dates, amounts, terms and the governing law. */
export const facts: Command = {
  name: "facts",
  usage: "facts DOC --model F [--patterns]",
  summary: "List parties, dates, amounts, terms and the governing law, each with its place",
  options,
  run: (invocation) => run(invocation, "facts", ({ facts: found = [] }, place) =>
    table(["Kind", "Label", "Value", "Line", "By"], found.map((fact) => [fact.kind, fact.label, excerpt(fact.value, 50), place(fact.quote), fact.source]))),
};

/** Who must do what by when, and what is unusual. */
export const obligations: Command = {
  name: "obligations",
  usage: "obligations DOC --model F [--patterns]",
  summary: "List who must do what by when, and the risks",
  options,
  run: (invocation) => run(invocation, "obligations", ({ obligations: duties = [], risks = [] }, place) => [
    table(["Who", "What", "When", "Line", "By"], duties.map((duty) => [excerpt(duty.who, 24), excerpt(duty.what, 60), excerpt(duty.when ?? "", 30), place(duty.quote), duty.source])),
    "",
    table(["Risk", "Reason", "Line", "By"], risks.map((risk) => [risk.what, excerpt(risk.reason, 80), place(risk.quote), risk.source])),
  ].join("\n")),
};

export const summarise: Command = {
  name: "summarise",
  usage: "summarise DOC --model F",
  summary: "Sum a document up, with the passages that each point rests on",
  options: { model: { type: "string" } },
  run: (invocation) => run(invocation, "summary", ({ summary = [] }, place) =>
    summary.map(({ text, quotes }) => `- ${text} (${quotes.map((quote) => `line ${place(quote)}`).join(", ")})`).join("\n")),
};

/**
 * Patterns fill facts and obligations with any model; one that is able writes them instead, unless --patterns asks for the
 * patterns alone. A summary is always written.
 */
async function run(invocation: Invocation, part: WrittenPart, draw: (snapshot: AnalysisSnapshot, place: (quote: Quote) => string) => string): Promise<void> {
  const { services, output, token } = invocation;
  const file = onePositional(invocation, "document");
  const model = await chosenModel(invocation);
  const document = await readDocument(invocation, file);
  let snapshot: AnalysisSnapshot = { findings: [] };
  const show = (next: Partial<AnalysisSnapshot>): void => {
    snapshot = { ...snapshot, ...next };
    output.progress(next.progress?.label ?? "");
  };
  const able = (await services.analysis.readAbilities(model))?.[part].able === true;
  const writes = part === "summary" || (able && invocation.options["patterns"] !== true);
  if (part !== "summary") for await (const next of services.analysis.analyse(document, model, token)) show(next);
  if (writes) for await (const next of services.analysis.write(document, model, part, token)) show(next);
  output.progress("");
  if (invocation.json) output.result(json(machineReadable(file, part, snapshot)));
  else output.result([`${file}${note(snapshot, writes)}`, "", draw(snapshot, places(document)).trim() || "Nothing was found that stands in the text.", ""].join("\n"));
}

function machineReadable(file: string, part: WrittenPart, { facts: found, obligations: duties, risks, summary, verified }: AnalysisSnapshot): object {
  if (part === "facts") return { file, facts: found, verified };
  return part === "obligations" ? { file, obligations: duties, risks, verified } : { file, summary, verified };
}

function note({ verified }: AnalysisSnapshot, written: boolean): string {
  if (!written) return " (by patterns in the text)";
  return verified ? ` (${verified.found} of ${verified.all} quotes of the model stand in the text)` : "";
}

function places({ text }: AnalysedDocument): (quote: Quote) => string {
  const starts = lineStarts(text);
  return (quote) => (quote.match === "none" ? "unverified" : String(lineAt(starts, quote.start) + 1));
}
