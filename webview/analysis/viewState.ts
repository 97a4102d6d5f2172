import { type Filter, severities } from "./grouping";

/** What the person chose in the panel, kept while it is hidden. */
export interface ViewState extends Filter {
  /** Categories whose findings are folded away. */
  readonly collapsed: readonly string[];
  readonly selected?: string;
}

export const initialState: ViewState = { hidden: [], query: "", collapsed: [] };

export function isViewState(value: unknown): value is ViewState {
  if (typeof value !== "object" || value === null) return false;
  const { hidden, query, collapsed, selected } = value as Record<string, unknown>;
  return (
    Array.isArray(hidden) && hidden.every((severity) => severities.includes(severity)) &&
    typeof query === "string" &&
    Array.isArray(collapsed) && collapsed.every((category) => typeof category === "string") &&
    (selected === undefined || typeof selected === "string")
  );
}
