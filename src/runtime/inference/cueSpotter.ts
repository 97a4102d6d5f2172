import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { type CueScheme, type Window, labelProbability, packWindows } from "../../core/documents/cues";
import { segmentText } from "../../core/documents/segments";
import { HumanError } from "../../protocol/humanError";
import type { HeldModel } from "./engine";
import type { Reading, SegmentsRead } from "./segmentsRead";

interface Label {
  readonly category: string;
  readonly token: Token;
  readonly threshold: number;
}

/**
 * Reads a document window by window with a model that was trained to name a clause's category after a cue. The next-token
 * distribution at a cue scores the segment before it, so one forward pass scores all segments of a window. The windows do
 * not depend on which segments are wanted, so a segment is scored alike whether all are read or only it is.
 */
export async function* readByCue(
  { model, sequence, loaded }: HeldModel, scheme: CueScheme, { text, segments, wanted }: Reading, signal: AbortSignal,
): AsyncGenerator<SegmentsRead> {
  const none = specialToken(model, scheme.none);
  const labels = scheme.labels.map(({ category, token, threshold }): Label => ({ category, token: specialToken(model, token), threshold }));
  const bos = model.tokens.bos ?? specialToken(model, scheme.cue);
  const windows = packWindows(
    segments.map((segment) => model.tokenize(segmentText(text, segment), false)),
    { bos, cue: specialToken(model, scheme.cue), window: Math.min(scheme.window, loaded.contextSize) },
  ).map((window) => upToWanted(window, wanted)).filter(({ cues }) => cues.length > 0);
  // A segment longer than a window has several cues: the highest probability counts.
  let open = new Map<number, Map<Label, number>>();
  for (const [index, window] of windows.entries()) {
    signal.throwIfAborted();
    const scores = await scoreCues(sequence, window);
    for (const [cue, { segment }] of window.cues.entries()) {
      const best = open.get(segment) ?? new Map<Label, number>();
      open.set(segment, best);
      for (const label of labels) {
        const probability = against(scores[cue], label.token, none);
        if (probability >= Math.max(label.threshold, best.get(label) ?? 0)) best.set(label, probability);
      }
    }
    const goesOn = windows[index + 1]?.cues[0]?.segment;
    const done = [...open].filter(([segment]) => segment !== goesOn);
    open = new Map([...open].filter(([segment]) => segment === goesOn));
    const findings = done.flatMap(([segment, best]) => [...best].flatMap(([{ category }, probability]) => {
      const place = segments[segment];
      return place ? [{ category, start: place.start, end: place.end, probability }] : [];
    }));
    yield { segments: done.length, tokens: window.tokens.length, findings };
  }
}

/** The window as far as its last wanted cue: what stands behind a cue does not matter to it. */
function upToWanted({ tokens, cues }: Window, wanted: (segment: number) => boolean): Window {
  const few = cues.filter(({ segment }) => wanted(segment));
  return { tokens: tokens.slice(0, (few.at(-1)?.position ?? -1) + 1), cues: few };
}

function against(scores: ReadonlyMap<Token, number> | undefined, label: Token, none: Token): number {
  const likelihood = scores?.get(label) ?? 0;
  return likelihood > 0 ? labelProbability(Math.log(likelihood), Math.log(scores?.get(none) ?? 0)) : 0;
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
