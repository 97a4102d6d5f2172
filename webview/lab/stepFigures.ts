import type { MeasuredRow } from "../../src/protocol/model";
import type { StepEstimate, StepResult } from "../../src/protocol/recipe";
import { formatBytes, formatError, formatKl, formatPerplexity, formatSeconds, formatShare } from "../format";

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly title?: string;
}

export function estimateFigures({ bytes, seconds, memory, disk }: StepEstimate): readonly Figure[] {
  return [
    { name: "size", value: `~${formatBytes(bytes)}` },
    { name: "time", value: `~${formatSeconds(seconds)}` },
    { name: "memory", value: formatBytes(memory, 1), title: "Highest need while it runs" },
    { name: "disk", value: formatBytes(disk, 1), title: "Free space that it needs" },
  ];
}

/** What a step gave, against the original where that is known. */
export function resultFigures({ bytes, seconds, measured, clauseF1 }: StepResult, original: MeasuredRow | undefined): readonly Figure[] {
  return [
    { name: "size", value: formatBytes(bytes) },
    ...(measured?.kl ? [{ name: "KL", value: formatKl(measured.kl.mean), title: `± ${formatError(measured.kl.error)} nats per token` }] : []),
    ...(measured ? [{ name: "perplexity", value: formatPerplexity(measured.perplexity.value), title: [`± ${formatError(measured.perplexity.error)}`, ...(original ? [`${formatPerplexity(original.perplexity.value)} in the original`] : [])].join(", ") }] : []),
    ...(measured?.top1Agreement === undefined ? [] : [{ name: "same word", value: formatShare(measured.top1Agreement) }]),
    ...(clauseF1 === undefined ? [] : [{ name: "clause F1", value: clauseF1.toFixed(3) }]),
    { name: "took", value: formatSeconds(seconds) },
  ];
}
