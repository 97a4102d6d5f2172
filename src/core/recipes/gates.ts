import type { MeasuredRow } from "../../protocol/model";
import type { QualityGate } from "../../protocol/recipe";

export interface GateVerdict {
  readonly passed: boolean;
  readonly sentence: string;
}

interface Held {
  readonly passed: boolean;
  /** What follows the step's title, and says what was found. */
  readonly words: string;
}

/**
 * Holds what was measured of a step's result against its gate; `after` is the step's title. The sentence tells every figure
 * that is not as it should be, or, when all are, every figure that was asked for. What could not be measured does not pass.
 */
export function judge(gate: QualityGate, after: string, measured: MeasuredRow | undefined, original: MeasuredRow, clauseF1?: number): GateVerdict {
  const held = [
    ...(gate.maxKl === undefined ? [] : [atMost("KL", measured?.kl?.mean, gate.maxKl, fixed(2))]),
    ...(gate.maxPerplexity === undefined ? [] : [atMost("perplexity", measured && measured.perplexity.value / original.perplexity.value, gate.maxPerplexity, times, " the original's")]),
    ...(gate.minAgreement === undefined ? [] : [atLeast("agreement", measured?.top1Agreement, gate.minAgreement, percent)]),
    ...(gate.minClauseF1 === undefined ? [] : [atLeast("clause F1", clauseF1, gate.minClauseF1, fixed(3))]),
  ];
  const failed = held.filter(({ passed }) => !passed);
  const passed = failed.length === 0;
  const words = (passed ? held : failed).map((one) => one.words);
  if (words.length === 0) return { passed, sentence: `Nothing was asked of “${after}”.` };
  const said = `${words.join(", and ")} after “${after}”.`;
  return { passed, sentence: said[0]!.toUpperCase() + said.slice(1) };
}

/** More than the usual. */
const mostDigits = 6;

/** With so many digits more than the usual. */
type Show = (value: number, digits: number) => string;

function atMost(name: string, value: number | undefined, most: number, show: Show, unit = ""): Held {
  return held(name, value, most, show, (found) => found <= most, "above", unit);
}

function atLeast(name: string, value: number | undefined, least: number, show: Show): Held {
  return held(name, value, least, show, (found) => found >= least, "below");
}

function held(name: string, value: number | undefined, limit: number, show: Show, fits: (value: number) => boolean, beyond: string, unit = ""): Held {
  if (value === undefined || !Number.isFinite(value)) return { passed: false, words: `${name} could not be measured` };
  const passed = fits(value);
  const [shown, allowed] = apart(value, limit, show);
  return { passed, words: `${name} ${shown}${unit} is ${passed ? "within" : beyond} the ${allowed} allowed` };
}

/** Both with as many digits as it takes to tell them apart, and to show the limit to a hundredth of itself. */
function apart(value: number, limit: number, show: Show): readonly [string, string] {
  const exact = Number.parseFloat(show(limit, mostDigits));
  for (let digits = 0; digits < mostDigits; digits++) {
    const [shown, allowed] = [show(value, digits), show(limit, digits)];
    const told = Math.abs(Number.parseFloat(allowed) - exact) <= exact / 100;
    if (told && (shown !== allowed || value === limit)) return [shown, allowed];
  }
  return [String(value), String(limit)];
}

function fixed(least: number): Show {
  return (value, digits) => value.toFixed(least + digits);
}

function times(value: number, digits: number): string {
  return `${value.toFixed(2 + digits)} times`;
}

function percent(value: number, digits: number): string {
  return `${(100 * value).toFixed(1 + digits)} %`;
}
