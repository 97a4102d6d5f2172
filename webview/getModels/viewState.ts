import { type HubFormat, hubFormats } from "../../src/protocol/hub";

/** What the person is writing and chose: kept while the panel is hidden. */
export interface ViewState {
  readonly query?: string;
  readonly format?: HubFormat | "all";
}

export function isViewState(value: unknown): value is ViewState {
  if (typeof value !== "object" || value === null) return false;
  const { query, format } = value as Record<string, unknown>;
  return (query === undefined || typeof query === "string") && (format === undefined || format === "all" || hubFormats.some((name) => name === format));
}
