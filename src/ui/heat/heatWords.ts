import { heatStep, heatSteps } from "../../core/documents/heatSections";
import type { Guess, HeatToken } from "../../protocol/documents";
import type { HeatNames } from "./heatMap";

/** Three digits tell enough of a divergence; what is smaller still is zero to a reader. */
export function nats(kl: number): string {
  return kl < 0.0005 ? "0" : kl < 10 ? Number(kl.toPrecision(2)).toString() : kl.toFixed(0);
}

/** What a token's colour stands for. All of it is text: it comes from a document and from models. */
export function tokenSentences(token: HeatToken, { base, variant }: HeatNames): readonly string[] {
  const step = heatStep(token.kl);
  return [
    `${base} expected ${guesses(token.baseGuesses)}; this token had ${percent(token.baseProbability)}.`,
    `${variant} expected ${guesses(token.variantGuesses)}; this token had ${percent(token.variantProbability)}.`,
    `KL divergence ${nats(token.kl)} nats${step === 0 ? ": the two agree." : `, step ${step} of ${heatSteps.length}.`}`,
  ];
}

export function sectionTitle(meanKl: number, { base, variant }: HeatNames): string {
  return `Where compression hurts: ${variant} against ${base} · mean ${nats(meanKl)} in this section`;
}

/** A section's mean rests on many tokens that hardly differ, so its steps are a fifth of the tokens'. */
export function sectionStep(meanKl: number): number {
  return heatStep(5 * meanKl);
}

function guesses(list: readonly Guess[]): string {
  return list.map(({ text, probability }) => `“${visible(text)}” (${percent(probability)})`).join(", ") || "nothing";
}

function percent(probability: number): string {
  return probability < 0.001 ? "< 0.1 %" : `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %`;
}

/** Blanks are tokens too. */
function visible(text: string): string {
  return text.replace(/\r?\n/g, "⏎").replace(/\t/g, "⇥").replace(/^ | $/g, "␣");
}
