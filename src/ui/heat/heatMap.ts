import { type HeatSection, heatSections } from "../../core/documents/heatSections";
import type { HeatToken } from "../../protocol/documents";
import { type TextEdit, movedAll } from "../inlineAnalysis/movedFinding";

/** Names of the two models, e.g. "F16" and "Q4_0". */
export interface HeatNames {
  readonly base: string;
  readonly variant: string;
}

/** What two models expect of a document's tokens, kept on their words while the text is edited. */
export class HeatMap {
  readonly #edits: TextEdit[] = [];
  #tokens: readonly HeatToken[] = [];
  #meanKl: number | undefined;

  constructor(readonly names: HeatNames) {}

  /** In the order of the text. */
  get tokens(): readonly HeatToken[] {
    return this.#tokens;
  }

  /** Nats per token of all that was compared so far. */
  get meanKl(): number {
    return this.#meanKl ?? this.#tokens.reduce((sum, { kl }) => sum + kl, 0) / Math.max(1, this.#tokens.length);
  }

  /** Takes all tokens so far, with offsets into the text as it was at the start. */
  take(tokens: readonly HeatToken[], meanKl?: number): void {
    this.#tokens = movedAll(tokens, this.#edits);
    this.#meanKl = meanKl;
  }

  edited(edits: readonly TextEdit[]): void {
    this.#edits.push(...edits);
    this.#tokens = movedAll(this.#tokens, edits);
  }

  sections(text: string): readonly HeatSection[] {
    return heatSections(text, this.#tokens);
  }

  /** The token at an offset. */
  at(offset: number): HeatToken | undefined {
    let low = 0;
    let high = this.#tokens.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tokens[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const token = this.#tokens[low];
    return token && token.start <= offset ? token : undefined;
  }
}
