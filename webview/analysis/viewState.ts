import type { AnalysisEvent } from "../../src/protocol/panels";
import { type Filter, severities } from "./grouping";

export type Tab = Extract<AnalysisEvent, { kind: "show" }>["tab"];
export const tabs: readonly Tab[] = ["clauses", "facts", "obligations", "summary", "questions"];

export const orders = ["severity", "text", "category"] as const;
/** By severity and in the text: one flat list. By category: a tree. */
export type Order = (typeof orders)[number];

/** What the person chose in the panel, kept while it is hidden. */
export interface ViewState extends Filter {
  readonly tab: Tab;
  readonly order: Order;
  /** Categories whose findings are folded away. */
  readonly collapsed: readonly string[];
  readonly selected?: string;
  /** The profile is shown in full. */
  readonly profileOpen?: boolean;
  /** Of a comparison only what the models disagree about. */
  readonly differencesOnly?: boolean;
  /** A question that is not asked yet. */
  readonly draft?: string;
}

export const initialState: ViewState = { tab: "clauses", order: "severity", hidden: [], query: "", collapsed: [] };

export function isViewState(value: unknown): value is ViewState {
  if (typeof value !== "object" || value === null) return false;
  const { tab, order, hidden, query, collapsed, selected, profileOpen, differencesOnly, draft } = value as Record<string, unknown>;
  return (
    tabs.some((other) => other === tab) &&
    orders.some((other) => other === order) &&
    Array.isArray(hidden) && hidden.every((severity) => severities.includes(severity)) &&
    typeof query === "string" &&
    Array.isArray(collapsed) && collapsed.every((category) => typeof category === "string") &&
    [selected, draft].every((text) => text === undefined || typeof text === "string") &&
    [profileOpen, differencesOnly].every((choice) => choice === undefined || typeof choice === "boolean")
  );
}
