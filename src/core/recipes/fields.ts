import { HumanError } from "../../protocol/humanError";
import { plainText } from "../models/safePath";
import { nearest } from "./nearest";

export interface Range {
  readonly from: number;
  readonly to: number;
  /** `from` itself is too little. */
  readonly above?: boolean;
  /** `to` itself is too much. */
  readonly below?: boolean;
  readonly whole?: boolean;
  readonly nonzero?: boolean;
}

/** The fields of one object of a stranger's JSON. What is missing is undefined; what is wrong is a HumanError that says where. */
export class Fields {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    /** e.g. "Step 2 (quantize)". */
    readonly place: string,
  ) {}

  /** Refuses what is no object, and names that are not among the known ones. */
  static of(value: unknown, place: string, known: readonly string[]): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) fail(place, "must be an object with its settings in braces");
    const strange = Object.keys(value).find((key) => !known.includes(key));
    if (strange !== undefined) {
      const meant = nearest(strange, known);
      fail(place, `“${plainText(strange, 60)}” is none of its settings${meant === undefined ? `: it may have ${known.join(", ")}` : `. Did you mean “${meant}”?`}`);
    }
    return new Fields(value as Readonly<Record<string, unknown>>, place);
  }

  raw(key: string): unknown {
    return Object.hasOwn(this.values, key) ? this.values[key] : undefined;
  }

  number(key: string, range: Range): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isInRange(value, range)) this.fail(key, `must be ${rangeWords(range)}, not ${shown(value)}`);
    return value;
  }

  numbers(key: string, range: Range, most: number): readonly number[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length > most) this.fail(key, `must be a list of at most ${most} numbers`);
    const wrong = (value as readonly unknown[]).find((entry) => !isInRange(entry, range));
    if (wrong !== undefined) this.fail(key, `may hold ${rangeWords(range)}, not ${shown(wrong)}`);
    if (new Set(value).size < value.length) this.fail(key, "names something twice");
    return value as readonly number[];
  }

  /** On one line, without hidden characters. */
  text(key: string, longest: number): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value.trim() === "" || value.length > longest || plainText(value, longest) !== value) {
      this.fail(key, `must be a text of 1 to ${longest} visible characters on one line, not ${shown(value)}`);
    }
    return value;
  }

  texts(key: string, pattern: RegExp, most: number): readonly string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length === 0 || value.length > most) this.fail(key, `must be a list of 1 to ${most} names`);
    const wrong = (value as readonly unknown[]).find((entry) => typeof entry !== "string" || !pattern.test(entry));
    if (wrong !== undefined) this.fail(key, `may not hold ${shown(wrong)}`);
    if (new Set(value).size < value.length) this.fail(key, "names something twice");
    return value as readonly string[];
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    const meant = typeof value === "string" ? nearest(value, choices) : undefined;
    return this.fail(key, `must be one of ${choices.join(", ")}, not ${shown(value)}${meant === undefined ? "" : `. Did you mean “${meant}”?`}`);
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value !== undefined && typeof value !== "boolean") this.fail(key, `must be true or false, not ${shown(value)}`);
    return value as boolean | undefined;
  }

  required<T>(key: string, value: T | undefined): T {
    return value ?? this.fail(key, "is missing");
  }

  fail(key: string, problem: string): never {
    fail(this.place, `“${key}” ${problem}`);
  }
}

function fail(place: string, problem: string): never {
  throw new HumanError("badArgument", `${place}: ${problem}${/[.?]$/.test(problem) ? "" : "."}`);
}

function isInRange(value: unknown, { from, to, above, below, whole, nonzero }: Range): value is number {
  if (typeof value !== "number" || !Number.isFinite(value) || (whole && !Number.isInteger(value)) || (nonzero && value === 0)) return false;
  return (above ? value > from : value >= from) && (below ? value < to : value <= to);
}

function rangeWords({ from, to, above, below, whole, nonzero }: Range): string {
  const lower = above ? `above ${from}` : `from ${from}`;
  const upper = below ? `and below ${to}` : `to ${to}`;
  return `${whole ? "a whole number" : "a number"} ${lower} ${upper}${nonzero ? " but 0" : ""}`;
}

/** A stranger's value in a sentence: of objects and lists only that they are such, since they may be nested without end. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return plainText(JSON.stringify(value) ?? String(value), 60);
}
