import { placeWords } from "./lexicon";
import { type Segment, segmentText } from "./segments";

/**
 * Names what a model reads of each segment: the segment, the one before it, since a passage is judged by what precedes it,
 * and how near to the beginning it stands (lexicon.ts). An edit changes the keys of the segments it touches and of their
 * followers; blanks do not matter, and places hardly. Two places of one key are read alike. `hash` names a text so that it
 * cannot be read back.
 */
export function segmentKeys(text: string, segments: readonly Segment[], hash: (words: string) => string): readonly string[] {
  const words = segments.map((segment) => hash(segmentText(text, segment)));
  return words.map((own, index) => hash(`${words[index - 1] ?? "beginning"} ${own} ${placeWords(segments[index]?.start ?? 0)}`));
}
