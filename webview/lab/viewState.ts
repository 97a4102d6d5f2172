/** What the person chose in the panel: kept while it is hidden. */
export interface ViewState {
  /** Open folds, as "step:fold". */
  readonly open?: readonly string[];
  /** Blocks by importance, not by number. */
  readonly sorted?: boolean;
  /** Blocks are also ranked by leaving each out. */
  readonly leaveOut?: boolean;
  /** What the second chart of the blocks shows. */
  readonly second?: "kl" | "perplexity";
  /** The learning rate stands under the losses. */
  readonly rate?: boolean;
}

export function isViewState(value: unknown): value is ViewState {
  if (typeof value !== "object" || value === null) return false;
  const { open, sorted, leaveOut, second, rate } = value as Record<string, unknown>;
  return (
    (open === undefined || (Array.isArray(open) && open.every((fold) => typeof fold === "string"))) &&
    [sorted, leaveOut, rate].every((choice) => choice === undefined || typeof choice === "boolean") &&
    (second === undefined || second === "kl" || second === "perplexity")
  );
}
