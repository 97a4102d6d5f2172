import type { StudyText as ShownText } from "../../protocol/panels";
import type { JsonStore } from "../jsonStore";
import { hashOf } from "./fingerprint";
import { chunkTokens } from "./measuringPlan";
import { Results } from "./results";

export interface StudyText {
  readonly name: string;
  readonly kind: ShownText["kind"];
  readonly text: string;
  /** Of the file or folder that it was read from. */
  readonly path?: string;
}

/** Tokens per chunk and the most chunks to measure. */
export interface ChunkSettings {
  readonly context: number;
  readonly chunks: number;
}

/** What figures are measured on, with everything that is kept of it: replaced as one when the person chooses another text. */
export interface Ground extends ChunkSettings {
  readonly text: StudyText;
  readonly words: number;
  /** SHA-256 of the text. */
  readonly hash: string;
  readonly results: Results;
}

/** Chunks are cut shorter for short texts and for models of short context (tokens, 0 when unknown). Nothing is kept of it yet. */
export function groundOf(text: StudyText, contextLength: number, wanted: ChunkSettings): Ground {
  const context = chunkTokens(text.text, Math.min(wanted.context, contextLength || Number.POSITIVE_INFINITY));
  return { text, words: text.text.split(/\s+/).filter(Boolean).length, hash: hashOf(text.text), context, chunks: wanted.chunks, results: Results.none() };
}

/** With what is kept under the original's fingerprint. */
export async function withKept(ground: Ground, store: JsonStore, model: string): Promise<Ground> {
  const { hash, context, chunks } = ground;
  return { ...ground, results: await Results.open(store, { model, text: hash, context, chunks }) };
}
