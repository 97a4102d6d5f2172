import type { HeatToken } from "../../protocol/documents";
import { outline } from "./outline";

/** How far two models are apart in one section of a document. */
export interface HeatSection {
  readonly title: string;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Nats per token. */
  readonly meanKl: number;
  readonly tokens: number;
}

/**
 * KL divergence from which a token is shown in step 1 to 5, nats: at 0.05 the models still agree on nearly everything, at
 * 1 they expect different words.
 */
export const heatSteps: readonly number[] = [0.05, 0.15, 0.4, 1, 2.5];

/** 0 for a token that is not worth a colour, else 1 to 5. */
export function heatStep(kl: number): number {
  return heatSteps.filter((step) => kl >= step).length;
}

/** The sections of the text that have tokens, each with its mean. A text without headings is one section. `tokens` are in order. */
export function heatSections(text: string, tokens: readonly HeatToken[]): readonly HeatSection[] {
  const starts = outline(text).map(({ title, start }) => ({ title, start }));
  const sections = starts[0]?.start === 0 ? starts : [{ title: "", start: 0 }, ...starts];
  let next = 0;
  return sections.flatMap(({ title, start }, index) => {
    const end = sections[index + 1]?.start ?? text.length;
    const first = next;
    let sum = 0;
    for (let token = tokens[next]; token && token.start < end; token = tokens[++next]) sum += token.kl;
    const own = next - first;
    return own === 0 ? [] : [{ title, start, end, tokens: own, meanKl: sum / own }];
  });
}
