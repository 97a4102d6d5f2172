import { mergeFacts, mergeObligations, mergeRisks } from "../../core/documents/merge";
import { secondsLeft } from "../../core/progress";
import type { Fact, Obligation, Risk } from "../../protocol/documents";
import type { AnalysisSnapshot, JobProgress } from "../../protocol/panels";
import { summarise } from "./summary";
import type { Talk } from "./talk";
import { readParts } from "./partReader";
import { mostlyFound } from "./verification";
import { factsSchema, obligationsSchema } from "./writtenSchemas";
import { factsOf, obligationsOf, risksOf } from "./writtenStatements";

/** What patterns found, which a model's statements are joined with. */
export interface PatternStatements {
  readonly facts: readonly Fact[];
  readonly obligations: readonly Obligation[];
  readonly risks: readonly Risk[];
}

export type Written = Partial<AnalysisSnapshot>;

const isFound = ({ quote }: { readonly quote: { readonly match: string } }): boolean => quote.match !== "none";

/** Facts by the model, part by part; each update holds all so far. */
export async function* writeFacts(talk: Talk, text: string, known: PatternStatements): AsyncGenerator<Written> {
  const clock = partClock();
  for await (const { part, parts, written } of readParts(talk, text, talk.prompts.facts, factsSchema, factsOf)) {
    const facts = mostlyFound(mergeFacts([...written, ...known.facts]), isFound);
    yield { facts, verified: verifiedOf(written), progress: clock(part, parts) };
  }
  yield { progress: undefined };
}

/** Obligations and risks by the model, part by part; each update holds all so far. */
export async function* writeObligations(talk: Talk, text: string, known: PatternStatements): AsyncGenerator<Written> {
  const clock = partClock();
  const both = (json: unknown, evidence: Parameters<typeof obligationsOf>[1]) => [...obligationsOf(json, evidence), ...risksOf(json, evidence)];
  for await (const { part, parts, written } of readParts(talk, text, talk.prompts.obligations, obligationsSchema, both)) {
    const [duties, dangers] = [written.filter(isObligation), written.filter((one): one is Risk => !isObligation(one))];
    const obligations = mostlyFound(mergeObligations([...duties, ...known.obligations]), isFound);
    const risks = mostlyFound(mergeRisks([...dangers, ...known.risks]), isFound);
    yield { obligations, risks, verified: verifiedOf(written), progress: clock(part, parts) };
  }
  yield { progress: undefined };
}

/** Points that sum up the document, with the passages that they rest on. */
export async function* writeSummary(talk: Talk, text: string): AsyncGenerator<Written> {
  const clock = partClock();
  for await (const { part, parts, points, quotes } of summarise(talk, text)) {
    const summary = mostlyFound(points, (point) => point.quotes.some(({ match }) => match !== "none"));
    yield { summary, verified: { found: quotes.filter(({ match }) => match !== "none").length, all: quotes.length }, progress: part < parts ? clock(part, parts) : { label: "Putting the parts together", fraction: 1 } };
  }
  yield { progress: undefined };
}

function isObligation(one: Obligation | Risk): one is Obligation {
  return "who" in one;
}

function verifiedOf(written: readonly { readonly quote: { readonly match: string } }[]): AnalysisSnapshot["verified"] {
  return { found: written.filter(isFound).length, all: written.length };
}

/** Progress by parts that were read. */
function partClock(): (read: number, parts: number) => JobProgress {
  const started = performance.now();
  return (read, parts) => {
    const fraction = read / parts;
    return { label: parts === 1 ? "Reading the document" : `Part ${Math.min(parts, read + 1)} of ${parts}`, fraction, secondsLeft: secondsLeft(fraction, (performance.now() - started) / 1000) };
  };
}
