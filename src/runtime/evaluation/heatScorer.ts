import type { Guess, HeatToken } from "../../protocol/documents";
import { LogitsKernel, type RowSummary } from "./logitsKernel";
import type { MeasuredModel } from "./measuredModel";
import { topTokens } from "./topTokens";

/** Most likely tokens that are told of each model. */
const guesses = 3;

/** Compares what two models that have just decoded the same tokens expect next. */
export class HeatScorer {
  readonly #kernel: LogitsKernel;
  readonly #words = new Map<number, string>();

  constructor(private readonly base: MeasuredModel, private readonly variant: MeasuredModel) {
    this.#kernel = new LogitsKernel(base.vocabSize);
  }

  /** Of the distributions at a place of the decoded tokens, `next` being the token that stands there. */
  score(place: number, next: number): Omit<HeatToken, "start" | "end"> {
    const { base: baseRow, variant: variantRow } = this.#kernel;
    this.base.readLogits(place, baseRow);
    this.variant.readLogits(place, variantRow);
    const base = this.#kernel.summary(baseRow);
    const variant = this.#kernel.summary(variantRow);
    return {
      kl: Math.max(0, this.#kernel.divergence(base, variant)),
      baseProbability: probability(baseRow, base, next),
      variantProbability: probability(variantRow, variant, next),
      baseGuesses: this.#guesses(baseRow, base),
      variantGuesses: this.#guesses(variantRow, variant),
    };
  }

  #guesses(row: Float32Array, summary: RowSummary): readonly Guess[] {
    return topTokens(row, guesses).map((token) => ({ text: this.#word(token), probability: probability(row, summary, token) }));
  }

  #word(token: number): string {
    const known = this.#words.get(token) ?? Buffer.from(this.base.piece(token, true)).toString("utf8");
    this.#words.set(token, known);
    return known;
  }
}

/** To five digits: thousands of them travel to a picture. */
function probability(row: Float32Array, { logPartition }: RowSummary, token: number): number {
  return Number(Math.exp((row[token] ?? Number.NEGATIVE_INFINITY) - logPartition).toPrecision(5));
}
