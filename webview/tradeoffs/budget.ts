import { parseBytes } from "../../src/core/format";
import type { MixGoal } from "../../src/protocol/panels";
import { formatBytes } from "../format";

/** A question for the solver, or the sentence that says what is wrong with what was typed. */
export type BudgetAnswer = { readonly goal: MixGoal } | { readonly wrong: string };

/** Nats per token of "0.02" or "0,02"; undefined when it is no divergence above 0. */
export function parseKl(text: string): number | undefined {
  const kl = /^\s*\d*[.,]?\d+\s*$/.test(text) ? Number(text.replace(",", ".")) : Number.NaN;
  return kl > 0 && Number.isFinite(kl) ? kl : undefined;
}

/** Of the two fields the one that is filled; `unit` and `original` are bytes. */
export function readBudget(size: string, kl: string, unit: number, original: number): BudgetAnswer {
  if (size.trim() === "" && kl.trim() === "") return { wrong: "Write how large the file may be, or how much may be lost." };
  if (size.trim() !== "") {
    const bytes = parseBytes(size, unit);
    if (bytes === undefined) return { wrong: `"${size.trim()}" is not a size; write it like 4.5 GB or 700 MB.` };
    if (bytes >= original) return { wrong: `The original has ${formatBytes(original)} already; write a smaller size.` };
    return { goal: { kind: "bytes", bytes } };
  }
  const loss = parseKl(kl);
  if (loss === undefined) return { wrong: `"${kl.trim()}" is not a KL divergence; write it like 0.02.` };
  return { goal: { kind: "kl", kl: loss } };
}
