import type { MixGoal } from "../../src/protocol/panels";
import { formatBytes } from "../format";

const units: Readonly<Record<string, number>> = {
  kb: 1e3, kib: 1024, k: 1024, mb: 1e6, mib: 1024 ** 2, m: 1024 ** 2, gb: 1e9, gib: 1024 ** 3, g: 1024 ** 3, tb: 1e12, tib: 1024 ** 4, t: 1024 ** 4,
};

/** A question for the solver, or the sentence that says what is wrong with what was typed. */
export type BudgetAnswer = { readonly goal: MixGoal } | { readonly wrong: string };

/** Bytes of "4.5 GB", "700 MiB" or "4,5", a bare number in `unit` bytes; undefined when it is no size. */
export function parseSize(text: string, unit: number): number | undefined {
  const match = /^(\d+(?:[.,]\d*)?|[.,]\d+)\s*([a-z]*)$/i.exec(text.trim());
  if (!match) return undefined;
  const scale = match[2] ? units[match[2].toLowerCase()] : unit;
  const bytes = Number(match[1]?.replace(",", ".")) * (scale ?? Number.NaN);
  return bytes > 0 ? Math.round(bytes) : undefined;
}

/** Nats per token of "0.02" or "0,02"; undefined when it is no divergence above 0. */
export function parseKl(text: string): number | undefined {
  const kl = /^\s*\d*[.,]?\d+\s*$/.test(text) ? Number(text.replace(",", ".")) : Number.NaN;
  return kl > 0 && Number.isFinite(kl) ? kl : undefined;
}

/** Of the two fields the one that is filled; `unit` and `original` are bytes. */
export function readBudget(size: string, kl: string, unit: number, original: number): BudgetAnswer {
  if (size.trim() === "" && kl.trim() === "") return { wrong: "Write how large the file may be, or how much may be lost." };
  if (size.trim() !== "") {
    const bytes = parseSize(size, unit);
    if (bytes === undefined) return { wrong: `"${size.trim()}" is not a size; write it like 4.5 GB or 700 MB.` };
    if (bytes >= original) return { wrong: `The original has ${formatBytes(original)} already; write a smaller size.` };
    return { goal: { kind: "bytes", bytes } };
  }
  const loss = parseKl(kl);
  if (loss === undefined) return { wrong: `"${kl.trim()}" is not a KL divergence; write it like 0.02.` };
  return { goal: { kind: "kl", kl: loss } };
}
