/** Tells whether a value differs from the last one, so that a part that shows the same keeps its elements, focus and scroll. */
export class Changed {
  #last: string | undefined;

  since(value: unknown): boolean {
    const text = JSON.stringify(value);
    if (text === this.#last) return false;
    this.#last = text;
    return true;
  }
}
