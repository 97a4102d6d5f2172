import type { BlockRanking } from "../../protocol/compression";
import { HumanError, isCancellation } from "../../protocol/humanError";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { TimedWork } from "./labParts";

/** The ranking of the chosen model's blocks on the chosen text: one at a time. */
export class LabRanking {
  #ranking: BlockRanking | undefined;
  #fraction: number | undefined;
  #cancellation: CancellationTokenSource | undefined;

  constructor(private readonly changed: () => void) {}

  get ranking(): BlockRanking | undefined {
    return this.#ranking;
  }

  /** 0 to 1; undefined while none is made. */
  get fraction(): number | undefined {
    return this.#fraction;
  }

  /** Resolves when it is there, or when it was cancelled. */
  async make(rank: (token: CancellationToken) => Job<TimedWork, BlockRanking>): Promise<void> {
    if (this.#cancellation) throw new HumanError("failed", "The blocks are being ranked already. Wait until that is done, or cancel it.");
    const cancellation = new CancellationTokenSource();
    this.#cancellation = cancellation;
    this.#show(0);
    try {
      for await (const event of rank(cancellation.token)) {
        if (cancellation.token.isCancellationRequested) return;
        if (event.kind === "result") this.#ranking = event.result;
        else this.#show(event.progress.done / Math.max(1, event.progress.all));
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    } finally {
      if (this.#cancellation === cancellation) {
        this.#cancellation = undefined;
        this.#show(undefined);
      }
    }
  }

  /** Ends the one that is being made. */
  cancel(): void {
    this.#cancellation?.cancel();
    this.#cancellation = undefined;
    this.#fraction = undefined;
  }

  /** Takes one that was made before, or none: of another model or text. */
  set(ranking: BlockRanking | undefined): void {
    this.cancel();
    this.#ranking = ranking;
  }

  #show(fraction: number | undefined): void {
    this.#fraction = fraction;
    this.changed();
  }
}
