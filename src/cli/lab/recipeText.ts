import { formatBytes } from "../../core/format";
import { stepDetail, stepTitle } from "../../core/recipes/stepWords";
import type { MeasuredRow } from "../../protocol/model";
import type { CompressionRecipe, RecipeProgress, RecipeResult, RecipeStep, StepEstimate, StepResult } from "../../protocol/recipe";
import type { Output } from "../command";
import { table } from "../table";
import { progressLine, shownSeconds } from "./workProgress";

const resultHeaders = ["Step", "Size", "Bits", "Perplexity", "KL divergence", "Same top word", "Clause F1", "Time", "Gate"];

/** Before and after: the original, then each step. */
export function resultText({ steps }: CompressionRecipe, { original, steps: results, path, adapter, stoppedAt, seconds, notes = [] }: RecipeResult): string {
  const rows = results.map((result, index) => [numbered(steps, index), ...figures(result.bytes, result.measured, result.clauseF1), result.kept ? "kept" : shownSeconds(result.seconds), gateWord(result)]);
  const stopped = stoppedAt === undefined ? undefined : results[stoppedAt]?.gate?.sentence;
  return [
    table(resultHeaders, [["Original", ...figures(original.bytes, original.measured, original.clauseF1), "", ""], ...rows]),
    ...(stopped === undefined ? [] : [`Stopped: ${stopped}`]),
    ...notesOf(steps, results.map((result) => result.notes)),
    ...(notes.length === 0 ? [] : [notes.join("\n")]),
    `Result: ${path}${adapter === undefined ? "" : ` with the adapter ${adapter}`} (${shownSeconds(seconds)} in all)`,
  ].join("\n\n");
}

export function estimateText({ steps }: CompressionRecipe, estimates: readonly StepEstimate[]): string {
  const rows = estimates.map(({ bytes, seconds, memory, disk, problem }, index) =>
    [numbered(steps, index), ...(problem === undefined ? [formatBytes(bytes), shownSeconds(seconds), formatBytes(memory), formatBytes(disk)] : ["–", "–", "–", "–"])]);
  const total = estimates.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    table(["Step", "Size after it", "Time", "Memory", "Disk"], rows),
    ...(steps.length === 0 || estimates.some(({ problem }) => problem !== undefined) ? [] : [`About ${shownSeconds(total)} in all.`]),
    ...notesOf(steps, estimates.map(({ notes, problem }) => [...(problem === undefined ? [] : [problem]), ...notes])),
  ].join("\n\n");
}

/** Tells each step's result when it is there, and between them what is being done. */
export function recipeTeller({ steps }: CompressionRecipe, output: Output): (progress: RecipeProgress) => void {
  let results = 0;
  let told = "";
  return (progress) => {
    for (const result of progress.results.slice(results)) output.line(resultLine(numbered(steps, results++), result));
    const { step, label, fraction, secondsLeft, points, tokensPerSecond } = progress;
    const title = step < 0 ? "Original" : numbered(steps, step);
    const mark = `${title} ${label} ${Math.floor(10 * fraction)}`;
    if (!output.live && mark === told) return;
    told = mark;
    const loss = points?.at(-1)?.loss;
    const training = loss === undefined || !Number.isFinite(loss) ? "" : `, loss ${loss.toFixed(4)}${tokensPerSecond === undefined ? "" : `, ${tokensPerSecond.toFixed(0)} tokens/s`}`;
    output.progress(`${title}: ${progressLine(label, fraction, secondsLeft)}${training}`);
  };
}

function resultLine(title: string, { bytes, measured, seconds, gate, kept }: StepResult): string {
  const kl = measured?.kl ? `, KL ${measured.kl.mean.toPrecision(3)}, perplexity ${measured.perplexity.value.toFixed(3)}` : "";
  return `${title}: ${formatBytes(bytes)}${kl}, ${kept ? "kept from before" : shownSeconds(seconds)}${gate && !gate.passed ? `. ${gate.sentence}` : ""}`;
}

function figures(bytes: number, measured: MeasuredRow | undefined, clauseF1: number | undefined): string[] {
  return [
    formatBytes(bytes),
    measured ? measured.bitsPerWeight.toFixed(2) : "–",
    measured ? measured.perplexity.value.toFixed(3) : "–",
    measured?.kl ? measured.kl.mean.toPrecision(3) : "–",
    measured?.top1Agreement === undefined ? "–" : `${(100 * measured.top1Agreement).toFixed(1)} %`,
    clauseF1 === undefined ? "–" : clauseF1.toFixed(3),
  ];
}

function gateWord({ gate }: StepResult): string {
  if (!gate) return "";
  return gate.passed ? "passed" : "not passed";
}

function notesOf(steps: readonly RecipeStep[], notes: readonly (readonly string[])[]): readonly string[] {
  const lines = notes.flatMap((own, index) => own.map((note) => `${numbered(steps, index)}: ${note}`));
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function numbered(steps: readonly RecipeStep[], index: number): string {
  const step = steps[index];
  return `${index + 1} ${step === undefined ? "" : stepTitle(step)}`.trimEnd();
}

/** A recipe's steps in words, one a line. */
export function stepLines({ steps }: CompressionRecipe): readonly string[] {
  return steps.map((step, index) => {
    const detail = stepDetail(step);
    return `${numbered(steps, index)}${detail === "" ? "" : ` (${detail})`}`;
  });
}
