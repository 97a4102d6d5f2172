import type { Disposable } from "../core/emitter";

/** Things that end together, last first. */
export class Disposables {
  readonly #items: Disposable[] = [];

  add<T extends Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  dispose(): void {
    for (let item = this.#items.pop(); item; item = this.#items.pop()) item.dispose();
  }
}
