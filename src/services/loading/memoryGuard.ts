/** Free memory below which a machine begins to push programs out or to end them: half a GiB, on a small machine a sixteenth. */
const bound = (total: number): number => Math.min(1024 ** 3 / 2, total / 16);

/** Tells once when free memory falls under the bound, and again only after it was twice that. */
export class MemoryGuard {
  #told = false;

  /** Whether to warn now. Bytes. */
  isLow(free: number, total: number): boolean {
    const low = free < bound(total);
    const warn = low && !this.#told;
    if (low) this.#told = true;
    else if (free >= 2 * bound(total)) this.#told = false;
    return warn;
  }
}
