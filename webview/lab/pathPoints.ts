import { stepTitle } from "../../src/core/recipes/stepWords";
import type { LabSnapshot } from "../../src/protocol/labPanel";
import type { MeasuredRow } from "../../src/protocol/model";
import { formatBytes, formatKl, formatShare, plural } from "../format";

/** One line of the table: the original, or the model after a step. */
export interface PathRow {
  /** From 0; -1 for the original. */
  readonly step: number;
  readonly title: string;
  /** Bytes; `foretold` until the step ran. */
  readonly bytes?: number;
  readonly foretold: boolean;
  readonly measured?: MeasuredRow;
  readonly clauseF1?: number;
  readonly seconds?: number;
  readonly path?: string;
  readonly passed?: boolean;
  readonly kept?: boolean;
}

export function pathRows({ model, original, steps }: LabSnapshot): readonly PathRow[] {
  if (!model) return [];
  const first: PathRow = { step: -1, title: "Original", bytes: model.bytes, foretold: false, measured: original?.measured, clauseF1: original?.clauseF1, path: model.path };
  return [
    first,
    ...steps.map(({ step, estimate, result }, index): PathRow => ({
      step: index,
      title: stepTitle(step),
      bytes: result?.bytes ?? estimate?.bytes,
      foretold: result === undefined,
      measured: result?.measured,
      clauseF1: result?.clauseF1,
      seconds: result?.seconds ?? estimate?.seconds,
      path: result?.path,
      passed: result?.gate?.passed,
      kept: result?.kept,
    })),
  ];
}

/** A measured model in the chart's plane. */
export interface PathPoint {
  readonly step: number;
  readonly label: string;
  readonly bytes: number;
  /** Nats per token; 0 for the original. */
  readonly kl: number;
  readonly failed: boolean;
  readonly last: boolean;
  /** For screen readers. */
  readonly description: string;
}

/** In the order of the steps: the path that the model took. */
export function pathPoints(rows: readonly PathRow[]): readonly PathPoint[] {
  const measured = rows.filter(({ step, bytes, measured: row }) => bytes !== undefined && (step < 0 ? row : row?.kl));
  return measured.map(({ step, title, bytes = 0, measured: row, passed }, index) => {
    const kl = Math.max(0, row?.kl?.mean ?? 0);
    const label = step < 0 ? title : `${step + 1} ${title}`;
    const words = [label, formatBytes(bytes), `KL divergence ${formatKl(kl)}`, ...(row?.top1Agreement === undefined ? [] : [`same word ${formatShare(row.top1Agreement)}`]), ...(passed === false ? ["gate not passed"] : [])];
    return { step, label, bytes, kl, failed: passed === false, last: index === measured.length - 1 && index > 0, description: words.join(", ") };
  });
}

/** What the figures rest on; undefined before anything is measured. */
export function measuredWords({ text, texts, original, steps }: Pick<LabSnapshot, "text" | "texts" | "original" | "steps">): string | undefined {
  const row = original?.measured ?? steps.find(({ result }) => result?.measured)?.result?.measured;
  return row && `Text: ${texts ?? text.name} · ${plural(row.chunks, "chunk")} measured · ± is one standard error`;
}

/** What the chain lost, and what its last steps won back of the most that was lost; undefined with nothing to say. */
export function pathWords(points: readonly PathPoint[]): string | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return undefined;
  const worst = points.reduce((most, point) => (point.kl > most.kl ? point : most));
  const smaller = last.bytes < first.bytes ? `${formatShare(1 - last.bytes / first.bytes, 0)} smaller` : last.bytes > first.bytes ? `${formatShare(last.bytes / first.bytes - 1, 0)} larger` : "As large as before";
  const won = worst !== last && worst.kl > 0 ? `: ${formatShare(1 - last.kl / worst.kl, 0)} of the ${formatKl(worst.kl)} lost at “${worst.label}” won back` : "";
  return `${smaller}, at a KL divergence of ${formatKl(last.kl)}${won}.`;
}
