import { andOthers } from "./shown";

/** What is to be known of a layer, without its name. */
export interface LayerNote {
  readonly layer: string;
  /** A sentence. */
  readonly text: string;
}

/** One sentence for all layers of which the same is to be said, be it with other numbers. */
export function layerSentences(notes: readonly LayerNote[]): readonly string[] {
  const kinds = new Map<string, LayerNote[]>();
  for (const note of notes) {
    const kind = note.text.replace(/((less|more) than )?\d+/g, "0");
    const alike = kinds.get(kind);
    if (alike) alike.push(note);
    else kinds.set(kind, [note]);
  }
  return [...kinds.values()].map((alike) => {
    const { layer, text } = alike[0]!;
    const same = alike.every((note) => note.text === text);
    return `${layer}${andOthers(alike.length)}: ${text}${same ? "" : " (Numbers of the first of them.)"}`;
  });
}
