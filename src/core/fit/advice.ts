import type { Fit, RowKey, Stake, Task, TradeoffAdvice } from "../../protocol/panels";
import { formatBytes } from "../format";

/** What advice needs of a row: measured figures, or foretold ones. */
export interface AdviceRow {
  readonly key: RowKey;
  readonly label: string;
  readonly bytes: number;
  readonly fit: Fit;
  /** Nats per token. */
  readonly kl: number;
  /** 0 to 1; of a foretold row the cautious end of its interval. */
  readonly agreement: number;
  /** 0 to 1, where labelled documents were read. */
  readonly clauseF1?: number;
  readonly foretold: boolean;
}

export interface AdviceQuestion {
  readonly task: Task;
  readonly stake: Stake;
  readonly base: { readonly label: string; readonly bytes: number; readonly clauseF1?: number };
  readonly textName: string;
}

/**
 * How often a level must pick the original's next word, 0 to 1. Findings, quotes and figures break by one wrong word,
 * prose bears more, and a search only ranks. What a draft may lose, a person mends anyway.
 */
const enough: Readonly<Record<Task, Readonly<Record<Stake, number>>>> = {
  analysis: { important: 0.98, draft: 0.95 },
  drafting: { important: 0.95, draft: 0.9 },
  search: { important: 0.93, draft: 0.88 },
};
/** Clause F1 that a level may lose against the original when documents are analysed. */
const bearableF1Loss: Readonly<Record<Stake, number>> = { important: 0.01, draft: 0.03 };

const purposes: Readonly<Record<Task, string>> = { analysis: "document analysis", drafting: "drafting", search: "search" };

/**
 * The smallest row that fits and is close enough to the original for the task; when none is close enough, the closest
 * that fits. Undefined while nothing that fits is measured or foretold.
 */
export function adviseLevel(question: AdviceQuestion, rows: readonly AdviceRow[]): TradeoffAdvice | undefined {
  const usable = rows.filter((row) => row.fit !== "no" && row.bytes < question.base.bytes).sort((a, b) => a.bytes - b.bytes);
  const good = usable.filter((row) => suffices(question, row));
  const best = good[0] ?? [...usable].sort((a, b) => a.kl - b.kl)[0];
  if (!best) return undefined;
  const smaller = usable.filter((row) => row.bytes < best.bytes).at(-1);
  return {
    key: best.key,
    label: best.label,
    sentence: sentence(question, best, good.length > 0),
    ...(smaller && { alternative: alternative(best, smaller) }),
    foretold: best.foretold,
  };
}

function suffices({ task, stake, base }: AdviceQuestion, row: AdviceRow): boolean {
  const f1Held = task !== "analysis" || base.clauseF1 === undefined || row.clauseF1 === undefined || base.clauseF1 - row.clauseF1 <= bearableF1Loss[stake];
  return f1Held && row.agreement >= enough[task][stake];
}

function sentence({ task, stake, base, textName }: AdviceQuestion, row: AdviceRow, good: boolean): string {
  const saved = `is ${Math.round(100 * (1 - row.bytes / base.bytes))} % smaller than ${base.label}`;
  const where = { gpu: "fits on the GPU", partial: "fits partly on the GPU", ram: "fits in memory", tight: "just fits in memory", no: "" }[row.fit];
  const same = row.foretold
    ? `should choose the same next word as the original at least ${percent(row.agreement)} times in 100`
    : `chose the same next word as the original ${percent(row.agreement)} times in 100 on ${textName}`;
  const clauses = task === "analysis" && base.clauseF1 !== undefined && row.clauseF1 !== undefined
    ? `, with a clause F1 of ${row.clauseF1.toFixed(3)} against ${base.clauseF1.toFixed(3)}`
    : "";
  if (good) return `For ${purposes[task]}, it ${saved}, ${where}, and ${same}${clauses}.`;
  const wanted = `${percent(enough[task][stake])} times in 100`;
  return `No level reaches ${wanted}, which ${purposes[task]} wants${stake === "important" ? " for important work" : ""}; this one comes closest: it ${saved}, ${where}, and ${same}${clauses}.`;
}

function alternative(best: AdviceRow, smaller: AdviceRow): string {
  const saved = formatBytes(best.bytes - smaller.bytes, 1);
  const times = smaller.kl / Math.max(best.kl, 1e-9);
  const factor = times < 9.5 ? times.toFixed(1) : times.toFixed(0);
  return `${smaller.label} would save ${saved} more at ${factor} times the difference (KL ${smaller.kl.toPrecision(2)} against ${best.kl.toPrecision(2)}).`;
}

function percent(share: number): string {
  const value = 100 * share;
  return value >= 99.5 && value < 100 ? value.toFixed(1) : value.toFixed(0);
}
