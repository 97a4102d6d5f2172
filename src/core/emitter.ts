export interface Disposable {
  dispose(): void;
}
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The smallest event source; its `event` has the shape of vscode.Event, so views can subscribe to it directly. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  constructor(private readonly onDidChangeListeners?: (count: number) => void) {}

  readonly event: Event<T> = (listener) => {
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    this.onDidChangeListeners?.(this.#listeners.size);
    return {
      dispose: () => {
        if (this.#listeners.delete(own)) this.onDidChangeListeners?.(this.#listeners.size);
      },
    };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
