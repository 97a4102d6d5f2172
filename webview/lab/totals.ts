import type { LabSnapshot } from "../../src/protocol/labPanel";
import { formatBytes, formatSeconds, formatShare, plural } from "../format";

/** What the whole recipe would give and cost. Bytes and seconds; undefined where a step is not estimated yet. */
export interface Totals {
  readonly from?: number;
  readonly to?: number;
  readonly seconds?: number;
  /** Highest of the steps. */
  readonly memory?: number;
  /** Of all steps: their results stay. */
  readonly disk?: number;
}

/** Steps that ran count with what they gave and need no more time. */
export function totals({ model, steps }: Pick<LabSnapshot, "model" | "steps">): Totals {
  const last = steps.at(-1);
  const waiting = steps.filter(({ result }) => !result);
  const estimates = waiting.flatMap(({ estimate }) => estimate ?? []);
  const to = last?.result?.bytes ?? last?.estimate?.bytes;
  if (estimates.length < waiting.length) return { from: model?.bytes, to };
  return {
    from: model?.bytes,
    to,
    seconds: estimates.reduce((sum, { seconds }) => sum + seconds, 0),
    memory: Math.max(0, ...estimates.map(({ memory }) => memory)),
    disk: estimates.reduce((sum, { disk }) => sum + disk, 0),
  };
}

/** "10.3 MiB → 3.9 MiB", and by how much smaller. */
export function sizeWords({ from, to }: Totals): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  return `${formatBytes(from)} → ${formatBytes(to)}`;
}

export function smallerWords({ from, to }: Totals): string | undefined {
  if (!from || to === undefined || from === to) return undefined;
  return to < from ? `${formatShare(1 - to / from, 0)} smaller` : `${formatShare(to / from - 1, 0)} larger`;
}

export function costWords({ seconds, memory, disk }: Totals): readonly string[] {
  return [
    ...(seconds ? [`about ${formatSeconds(seconds)}`] : []),
    ...(memory ? [`${formatBytes(memory, 1)} of memory`] : []),
    ...(disk ? [`${formatBytes(disk, 1)} of disk`] : []),
  ];
}

/** Why it cannot run yet, in a sentence. */
export function obstacle(snapshot: Pick<LabSnapshot, "model" | "steps" | "missing">, invalidFields: number): string | undefined {
  if (snapshot.missing) return `The recipe's ${snapshot.missing} cannot be used. Choose another.`;
  if (!snapshot.model) return "Choose a model first.";
  if (snapshot.steps.length === 0) return "Add a step first.";
  if (invalidFields > 0) return `Correct ${plural(invalidFields, "field")} first.`;
  const at = snapshot.steps.findIndex(({ estimate, result }) => !result && estimate?.problem);
  return at < 0 ? undefined : `Step ${at + 1} cannot run: ${snapshot.steps[at]?.estimate?.problem ?? ""}`;
}

/** Set where it would be tight. */
export function memoryWarning({ memory }: Totals, machine: LabSnapshot["machine"]): string | undefined {
  if (!memory || !machine || memory <= machine.freeMemory) return undefined;
  return memory > machine.totalMemory
    ? `A step needs ${formatBytes(memory, 1)} of memory, more than this machine has (${formatBytes(machine.totalMemory, 1)}).`
    : `A step needs ${formatBytes(memory, 1)} of memory and ${formatBytes(machine.freeMemory, 1)} are free now: close other programs first.`;
}
