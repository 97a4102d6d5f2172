import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";

/**
 * Tokens of a distribution that are looked at; probabilities are relative to these. Sorting and copying a vocabulary of
 * 150,000 tokens at each position would cost more than it tells: what is not among these has next to no mass.
 */
const mostLikely = 8192;

interface Spelling {
  readonly answer: string;
  readonly tokens: readonly Token[];
}

/** Spellings that share their first tokens, and how likely these are. */
interface Branch {
  readonly prefix: readonly Token[];
  readonly mass: number;
  readonly spellings: readonly Spelling[];
}

/**
 * Scores a closed list of answers by the likelihood that the model begins its reply with them: the product of the
 * probabilities of their tokens up to the first that no other answer shares. From there on the rest is settled, so
 * nothing is to be gained from decoding it, and a division by the number of tokens (which free continuations of
 * different length need) would only favour long names. No text is generated.
 */
export class AnswerScorer {
  readonly #spellings: readonly Spelling[];

  constructor(private readonly sequence: LlamaContextSequence, model: LlamaModel, answers: readonly string[]) {
    const seen = new Set<string>();
    this.#spellings = answers
      // Templates differ in whether a reply begins with a blank; both spellings are the same answer.
      .flatMap((answer) => [model.tokenize(answer, false, "trimLeadingSpace"), model.tokenize(` ${answer}`, false)].map((tokens) => ({ answer, tokens })))
      .filter(({ tokens }) => tokens.length > 0 && !seen.has(tokens.join()) && seen.add(tokens.join()));
  }

  /** Tokens that may be decoded after the prompt: of the longest answer all but the last, whose likelihood needs no decoding. */
  get room(): number {
    return Math.max(0, ...this.#spellings.map(({ tokens }) => tokens.length));
  }

  /**
   * The likelihood of every answer that may reach `floor` × (its own + that of `reference`); 0 for the others.
   * `prompt` is what the sequence holds once this returns.
   */
  async score(prompt: readonly Token[], reference: string, floor: number): Promise<ReadonlyMap<string, number>> {
    const likelihood = new Map<string, number>();
    const shared = this.sequence.compareContextTokens([...prompt]).firstDifferentIndex;
    const kept = Math.min(shared, prompt.length - 1);
    const first = await this.#next(kept, prompt.slice(kept));
    let open = this.#branches({ prefix: [], mass: 1, spellings: this.#spellings }, first, likelihood);
    for (const isReference of [true, false]) {
      const later: Branch[] = [];
      for (let branch = open.pop(); branch; branch = open.pop()) {
        const hasReference = branch.spellings.some(({ answer }) => answer === reference);
        if (isReference && !hasReference) later.push(branch);
        else if (isReference || branch.mass >= floor * (branch.mass + (likelihood.get(reference) ?? 0))) {
          open.push(...this.#branches(branch, await this.#next(prompt.length, branch.prefix), likelihood));
        }
      }
      open = later;
    }
    return likelihood;
  }

  /** Parts a branch by the next token; answers that are settled by it get their likelihood. */
  #branches(branch: Branch, next: ReadonlyMap<Token, number>, likelihood: Map<string, number>): Branch[] {
    const parts = new Map<Token, Spelling[]>();
    // An answer that others begin with holds what they leave.
    const ended = branch.spellings.find(({ tokens }) => tokens.length === branch.prefix.length);
    let rest = 1;
    for (const spelling of branch.spellings) {
      const token = spelling.tokens[branch.prefix.length];
      if (token !== undefined) parts.set(token, [...(parts.get(token) ?? []), spelling]);
    }
    const open: Branch[] = [];
    for (const [token, spellings] of parts) {
      rest -= next.get(token) ?? 0;
      const mass = branch.mass * (next.get(token) ?? 0);
      const [only] = spellings;
      if (only && spellings.every(({ answer }) => answer === only.answer)) likelihood.set(only.answer, (likelihood.get(only.answer) ?? 0) + mass);
      else if (mass > 0) open.push({ prefix: [...branch.prefix, token], mass, spellings });
    }
    if (ended) likelihood.set(ended.answer, (likelihood.get(ended.answer) ?? 0) + branch.mass * Math.max(0, rest));
    return open;
  }

  /** The distribution after the tokens, which are put at `start` in place of all that follows there. */
  async #next(start: number, tokens: readonly Token[]): Promise<ReadonlyMap<Token, number>> {
    if (start < this.sequence.nextTokenIndex) {
      await this.sequence.eraseContextTokenRanges([{ start, end: this.sequence.nextTokenIndex }]);
    }
    const last = tokens.length - 1;
    // Temperature 1 leaves the distribution as it is, and lets topK bound the list.
    const generateNext = { probabilities: true, options: { temperature: 1, topK: mostLikely, topP: 1, minP: 0, seed: 0 } };
    const results = await this.sequence.controlledEvaluate(tokens.map((token, index) => (index === last ? [token, { generateNext }] : token)));
    return results[last]?.next.probabilities ?? new Map();
  }
}
