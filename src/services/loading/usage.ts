import type { Disposable } from "../ports";

/** Who works with the loaded model, and since when nobody does. */
export class Usage {
  #leases = 0;
  #usedAt = Date.now();

  /** 0 while somebody works with it. */
  get idleMinutes(): number {
    return this.#leases > 0 ? 0 : (Date.now() - this.#usedAt) / 60_000;
  }

  used(): void {
    this.#usedAt = Date.now();
  }

  lease(): Disposable {
    let open = true;
    this.#leases++;
    return {
      dispose: () => {
        if (!open) return;
        open = false;
        this.#leases--;
        this.used();
      },
    };
  }
}
