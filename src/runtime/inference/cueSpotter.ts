import { setImmediate as nextTurn } from "node:timers/promises";
import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { type CueScheme, type Window, labelProbability, packWindows } from "../../core/documents/cues";
import { type Lexicon, lexiconFromMetadata, lexiconScores } from "../../core/documents/lexicon";
import { type Segment, segmentText } from "../../core/documents/segments";
import { HumanError } from "../../protocol/humanError";
import type { HeldModel } from "./engine";
import type { Reading, SegmentsRead } from "./segmentsRead";

interface Label {
  readonly category: string;
  readonly token: Token;
  readonly threshold: number;
}

/** Segments that are tokenized in one go. */
const segmentsPerBreath = 100;
/** Log odds beyond which a category is certain or impossible. */
const certain = 30;

/**
 * Reads a document window by window with a model that was trained to name a clause's category after a cue. The next-token
 * distribution at a cue scores the segment before it, so one forward pass scores all segments of a window. The windows do
 * not depend on which segments are wanted, so a segment is scored alike whether all are read or only it is. Where the model
 * brings a lexicon, the log odds of both are averaged.
 */
export async function* readByCue(
  { model, sequence, loaded, header }: HeldModel, scheme: CueScheme, { text, segments, wanted }: Reading, signal: AbortSignal,
): AsyncGenerator<SegmentsRead> {
  const none = specialToken(model, scheme.none);
  const labels = scheme.labels.map(({ category, token, threshold }): Label => ({ category, token: specialToken(model, token), threshold }));
  const lexicon = lexiconFromMetadata(header.metadata, labels.length);
  const bos = model.tokens.bos ?? specialToken(model, scheme.cue);
  const windows = packWindows(
    await tokensOf(model, text, segments, signal),
    { bos, cue: specialToken(model, scheme.cue), window: Math.min(scheme.window, loaded.contextSize) },
  ).map((window) => upToWanted(window, wanted)).filter(({ cues }) => cues.length > 0);
  // Log odds of the labels. A segment longer than a window has several cues: the highest count.
  let open = new Map<number, readonly number[]>();
  for (const [index, window] of windows.entries()) {
    signal.throwIfAborted();
    const scores = await scoreCues(sequence, window);
    for (const [cue, { segment }] of window.cues.entries()) {
      const best = open.get(segment);
      open.set(segment, labels.map(({ token }, label) => Math.max(best?.[label] ?? -certain, against(scores[cue], token, none))));
    }
    const goesOn = windows[index + 1]?.cues[0]?.segment;
    const done = [...open].filter(([segment]) => segment !== goesOn);
    open = new Map([...open].filter(([segment]) => segment === goesOn));
    const findings = done.flatMap(([segment, read]) => {
      const place = segments[segment];
      if (!place) return [];
      const odds = lexicon ? averaged(lexicon, read, lexiconScores(lexicon, segmentText(text, place), place.start)) : read;
      return labels.flatMap(({ category, threshold }, label) => {
        const probability = labelProbability(odds[label] ?? -certain, 0);
        return probability >= threshold ? [{ category, start: place.start, end: place.end, probability }] : [];
      });
    });
    yield { segments: done.length, tokens: window.tokens.length, findings };
  }
}

/** Tokens of all segments. A long document takes seconds: in between, other messages are heard, the one to stop among them. */
async function tokensOf(model: LlamaModel, text: string, segments: readonly Segment[], signal: AbortSignal): Promise<Token[][]> {
  const tokens: Token[][] = [];
  for (const segment of segments) {
    if (tokens.length % segmentsPerBreath === 0) {
      await nextTurn();
      signal.throwIfAborted();
    }
    tokens.push(model.tokenize(segmentText(text, segment), false));
  }
  return tokens;
}

/** The window as far as its last wanted cue: what stands behind a cue does not matter to it. */
function upToWanted({ tokens, cues }: Window, wanted: (segment: number) => boolean): Window {
  const few = cues.filter(({ segment }) => wanted(segment));
  return { tokens: tokens.slice(0, (few.at(-1)?.position ?? -1) + 1), cues: few };
}

/** Log odds of a label against "none", at most `certain` either way. */
function against(scores: ReadonlyMap<Token, number> | undefined, label: Token, none: Token): number {
  const odds = Math.log(scores?.get(label) ?? 0) - Math.log(scores?.get(none) ?? 0);
  return Number.isNaN(odds) ? -certain : Math.max(-certain, Math.min(certain, odds));
}

function averaged({ share }: Lexicon, read: readonly number[], said: readonly number[]): readonly number[] {
  return read.map((odds, label) => share * (said[label] ?? 0) + (1 - share) * odds);
}

/**
 * The next-token distribution at each cue of a window. Without a temperature node-llama-cpp samples greedily and leaves
 * the distribution as the model gives it: the softmax of all logits (checked against llama_get_logits by a test).
 */
async function scoreCues(sequence: LlamaContextSequence, { tokens, cues }: Window): Promise<ReadonlyMap<Token, number>[]> {
  const positions = new Set(cues.map(({ position }) => position));
  await sequence.clearHistory();
  const results = await sequence.controlledEvaluate((tokens as Token[]).map((token, index) =>
    positions.has(index) ? [token, { generateNext: { probabilities: true } }] : token));
  return cues.map(({ position }) => results[position]?.next.probabilities ?? new Map<Token, number>());
}

function specialToken(model: LlamaModel, written: string): Token {
  const [token, ...rest] = model.tokenize(written, true);
  if (token !== undefined && rest.length === 0) return token;
  throw new HumanError("unsupported", `The model's clause scheme names “${written}”, but its vocabulary does not have that token. Download the model again.`);
}
