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

/** Open folds after the steps took other places; `place` tells a step's new one, undefined where it is gone. */
export function movedFolds(open: readonly string[], place: (at: number) => number | undefined): readonly string[] {
  return open.flatMap((fold) => {
    const [at, name] = fold.split(":");
    const next = place(Number(at));
    return next === undefined ? [] : [`${next}:${name}`];
  });
}

/** Where a step is after the one at `from` went to `to`. */
export function placeAfterMove(at: number, from: number, to: number): number {
  if (at === from) return to;
  if (from < at && at <= to) return at - 1;
  return to <= at && at < from ? at + 1 : at;
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
