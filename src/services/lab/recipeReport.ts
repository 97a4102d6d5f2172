import { formatBytes } from "../../core/format";
import { stepDetail, stepTitle } from "../../core/recipes/stepWords";
import type { MeasuredRow } from "../../protocol/model";
import type { CompressionRecipe, RecipeResult, StepResult } from "../../protocol/recipe";
import type { ReportFormat } from "../tradeoffs/report";
import { csvLines, escapedMarkdown, markdownTable } from "../tradeoffs/reportText";

/** What the figures of a recipe's report rest on. */
export interface RecipeProvenance {
  readonly decant: string;
  readonly llamaCpp: string;
  readonly node: string;
  readonly platform: string;
  /** Name of the text, for a result that does not tell more of it. */
  readonly text: string;
  readonly threads: number;
}

/** One model of the way, with plain figures; what was not measured is undefined. */
export interface RecipeReportRow {
  readonly step: string;
  readonly detail: string | undefined;
  readonly file: string;
  readonly adapter: string | undefined;
  readonly bytes: number;
  readonly bitsPerWeight: number | undefined;
  readonly perplexity: number | undefined;
  readonly perplexityError: number | undefined;
  readonly kl: number | undefined;
  readonly klError: number | undefined;
  readonly top1Agreement: number | undefined;
  readonly clauseF1: number | undefined;
  readonly promptTokensPerSecond: number | undefined;
  readonly generationTokensPerSecond: number | undefined;
  readonly chunks: number | undefined;
  readonly seconds: number | undefined;
  readonly gatePassed: string | undefined;
  readonly gate: string | undefined;
}

/** Before and after for people, for a spreadsheet, or for a program; the same input gives the same bytes. */
export function recipeReport(format: ReportFormat, recipe: CompressionRecipe, result: RecipeResult, provenance: RecipeProvenance): string {
  switch (format) {
    case "md":
      return markdown(recipe, result, provenance);
    case "csv":
      return csvLines(recipeReportRows(recipe, result));
    case "json":
      return `${JSON.stringify({ provenance, recipe, seconds: result.seconds, texts: result.texts, stoppedAt: result.stoppedAt, notes: notesOf(recipe, result), rows: recipeReportRows(recipe, result) }, undefined, 2)}\n`;
  }
}

/** The original first, then each step that ran. */
export function recipeReportRows({ steps }: CompressionRecipe, { original, steps: results }: RecipeResult): readonly RecipeReportRow[] {
  const first = rowOf("Original", undefined, { ...original, seconds: 0, notes: [] });
  return [{ ...first, seconds: undefined }, ...results.map((result, index) => rowOf(stepTitle(steps[index]!), stepDetail(steps[index]!) || undefined, result))];
}

function rowOf(step: string, detail: string | undefined, { path, adapter, bytes, measured, clauseF1, seconds, gate }: StepResult): RecipeReportRow {
  return {
    step, detail, file: fileName(path), adapter: adapter === undefined ? undefined : fileName(adapter), bytes, ...figures(measured), clauseF1, seconds,
    gatePassed: gate && (gate.passed ? "yes" : "no"), gate: gate?.sentence,
  };
}

function figures(measured: MeasuredRow | undefined): Pick<RecipeReportRow, "bitsPerWeight" | "perplexity" | "perplexityError" | "kl" | "klError" | "top1Agreement" | "promptTokensPerSecond" | "generationTokensPerSecond" | "chunks"> {
  return {
    bitsPerWeight: measured?.bitsPerWeight, perplexity: measured?.perplexity.value, perplexityError: measured?.perplexity.error, kl: measured?.kl?.mean, klError: measured?.kl?.error,
    top1Agreement: measured?.top1Agreement, promptTokensPerSecond: measured?.promptTokensPerSecond, generationTokensPerSecond: measured?.generationTokensPerSecond || undefined, chunks: measured?.chunks,
  };
}

function markdown(recipe: CompressionRecipe, result: RecipeResult, { decant, llamaCpp, node, platform, text, threads }: RecipeProvenance): string {
  const rows = recipeReportRows(recipe, result);
  const last = rows.at(-1)!;
  const header = ["", "Size", "Bits", "Perplexity", "KL divergence", "Same next word", "Clause F1", "Time"];
  const notes = notesOf(recipe, result);
  return [
    `# ${escapedMarkdown(recipe.name)}`,
    "",
    `${formatBytes(result.original.bytes)} → ${formatBytes(last.bytes)}${result.stoppedAt === undefined ? "" : `, stopped after step ${result.stoppedAt + 1} of ${recipe.steps.length}`}.`,
    "",
    ...markdownTable(header, rows.map((row, index) => cells(row, index))),
    "",
    ...(notes.length > 0 ? [...notes.map((note) => `- ${escapedMarkdown(note)}`), ""] : []),
    "| Made with | |", "|---|---|",
    `| Decant, llama.cpp | ${decant}, ${llamaCpp} |`,
    `| Platform, Node | ${platform}, ${node} |`,
    `| Model | ${escapedMarkdown(rows[0]!.file)} |`,
    `| Result | ${escapedMarkdown([last.file, ...(last.adapter === undefined ? [] : [last.adapter])].join(" with "))} |`,
    `| Time in all | ${result.seconds.toFixed(result.seconds < 10 ? 1 : 0)} s |`,
    `| Text | ${escapedMarkdown(result.texts ?? text)} |`,
    `| Seed, threads | ${recipe.seed}, ${threads} |`,
    "",
  ].join("\n");
}

function cells(row: RecipeReportRow, index: number): string[] {
  const detail = row.detail === undefined ? "" : ` (${row.detail})`;
  return [
    escapedMarkdown(`${index === 0 ? "" : `${index}. `}${row.step}${detail}`),
    formatBytes(row.bytes),
    row.bitsPerWeight?.toFixed(2) ?? "–",
    row.perplexity === undefined ? "–" : `${row.perplexity.toFixed(3)} ± ${(row.perplexityError ?? 0).toPrecision(2)}`,
    row.kl === undefined ? "–" : `${row.kl.toPrecision(3)} ± ${(row.klError ?? 0).toPrecision(1)}`,
    row.top1Agreement === undefined ? "–" : `${(100 * row.top1Agreement).toFixed(1)} %`,
    row.clauseF1?.toFixed(3) ?? "–",
    row.seconds === undefined ? "–" : `${row.seconds.toFixed(row.seconds < 10 ? 1 : 0)} s`,
  ];
}

/** Verdicts of the gates and what the steps said, each with its step. */
function notesOf({ steps }: CompressionRecipe, result: RecipeResult): readonly string[] {
  const ofSteps = result.steps.flatMap(({ gate, notes }, index) => [...(gate ? [gate.sentence] : []), ...notes].map((note) => `Step ${index + 1}, ${stepTitle(steps[index]!)}: ${note}`));
  return [...(result.notes ?? []), ...ofSteps];
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
