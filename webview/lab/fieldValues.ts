import type { Range } from "../../src/core/recipes/fields";
import { mostBlocks } from "../../src/core/recipes/limits";

/** What a number in a field must be. Shown values are the kept ones times `scale` (100 for a share in percent). */
export interface NumberRule {
  readonly least?: number;
  readonly most?: number;
  /** `least` itself is not allowed. */
  readonly above?: boolean;
  readonly whole?: boolean;
  readonly nonzero?: boolean;
  readonly scale?: number;
  /** May be left empty. */
  readonly optional?: boolean;
}

/** What recipes may say there. */
export function ruleOf({ from, to, ...range }: Range): NumberRule {
  return { ...range, least: from, most: to };
}

export type Read<T> = { readonly value: T | undefined; readonly problem?: undefined } | { readonly problem: string };

/** A decimal comma is taken as a point. */
export function readNumber(text: string, rule: NumberRule): Read<number> {
  const words = text.trim().replace(/\s*%$/, "").replace(",", ".");
  if (words === "") return rule.optional ? { value: undefined } : { problem: `Write ${allowed(rule)}.` };
  const shown = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(words) ? Number(words) : Number.NaN;
  const { least = -Infinity, most = Infinity } = shownRange(rule);
  const fits = Number.isFinite(shown) && (rule.above ? shown > least : shown >= least) && shown <= most && (!rule.whole || Number.isInteger(shown)) && !(rule.nonzero && shown === 0);
  return fits ? { value: unscaled(shown, rule.scale) } : { problem: `Must be ${allowed(rule)}.` };
}

export function showNumber(value: number | undefined, { scale = 1 }: NumberRule): string {
  return value === undefined ? "" : String(Number((value * scale).toPrecision(6)));
}

/** "a whole number from 1 to 8". */
function allowed(rule: NumberRule): string {
  const { least, most } = shownRange(rule);
  const noun = rule.whole ? "a whole number" : "a number";
  const low = least === undefined ? "" : rule.above ? `above ${least}` : most === undefined ? `of at least ${least}` : `from ${least}`;
  const high = most === undefined ? "" : low === "" ? `of at most ${most}` : rule.above ? `and at most ${most}` : `to ${most}`;
  return [noun, low, high, rule.nonzero ? "but 0" : ""].filter(Boolean).join(" ");
}

function shownRange({ least, most, scale = 1 }: NumberRule): { readonly least?: number; readonly most?: number } {
  const shown = (value: number | undefined): number | undefined => (value === undefined ? undefined : Number((value * scale).toPrecision(12)));
  return { least: shown(least), most: shown(most) };
}

function unscaled(shown: number, scale = 1): number {
  return Number((shown / scale).toPrecision(12));
}

/** "0, 3, 5-7" as ascending numbers; `blocks`: how many the model has, where that is known. */
export function readBlocks(text: string, blocks: number | undefined): Read<readonly number[]> {
  const all = blocks ?? mostBlocks;
  const found = new Set<number>();
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const match = /^(\d+)(?:[-–](\d+))?$/.exec(part);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || from > to) return { problem: "Write block numbers, e.g. 2, 5–7." };
    if (to >= all) return { problem: blocks === undefined ? `There is no block ${to}.` : `The model's blocks go from 0 to ${blocks - 1}.` };
    for (let block = from; block <= to; block++) found.add(block);
  }
  if (found.size === 0) return { problem: "Write at least one block number." };
  if (found.size >= all) return { problem: "At least one block must stay." };
  return { value: [...found].sort((a, b) => a - b) };
}

/** "0, 3, 5–7". */
export function showBlocks(blocks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const block of [...blocks].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && block === last[1] + 1) last[1] = block;
    else runs.push([block, block]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`)).join(", ");
}
