/** One replacement in a text; UTF-16 units of the text before it. */
export interface TextEdit {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

export interface Passage {
  readonly start: number;
  readonly end: number;
}

/** The passage after an edit: moved by edits in front of it, undefined when its own words were touched. */
export function moved<P extends Passage>(passage: P, edit: TextEdit): P | undefined {
  const editEnd = edit.offset + edit.removed;
  if (edit.offset >= passage.end) return passage;
  if (editEnd > passage.start) return undefined;
  const shift = edit.inserted - edit.removed;
  return shift === 0 ? passage : { ...passage, start: passage.start + shift, end: passage.end + shift };
}

/** The passages that are left after edits, which apply one after another. */
export function movedAll<P extends Passage>(passages: readonly P[], edits: readonly TextEdit[]): readonly P[] {
  return passages.flatMap((passage) => {
    const after = edits.reduce<P | undefined>((current, edit) => current && moved(current, edit), passage);
    return after ? [after] : [];
  });
}
