import { type Sort, sortColumns } from "./tensorRows";

export const viewNames = ["tensors", "metadata", "diff"] as const;
export type ViewName = (typeof viewNames)[number];

/** What the person chose in the panel: kept while it is hidden. */
export interface ViewState {
  readonly view?: ViewName;
  /** What is searched in the view. */
  readonly queries: Readonly<Record<ViewName, string>>;
  readonly sort?: Sort;
  /** Blocks folded or unfolded by hand. */
  readonly turned: readonly number[];
  /** Name of the tensor that was pointed out. */
  readonly selected?: string;
}

export const initialState: ViewState = { queries: { tensors: "", metadata: "", diff: "" }, turned: [] };

export function isViewState(value: unknown): value is ViewState {
  if (!isRecord(value)) return false;
  const { view, queries, sort, turned, selected } = value;
  return (
    (view === undefined || viewNames.some((name) => name === view)) &&
    isRecord(queries) &&
    viewNames.every((name) => typeof queries[name] === "string") &&
    (sort === undefined || isSort(sort)) &&
    Array.isArray(turned) &&
    turned.every((block) => typeof block === "number") &&
    (selected === undefined || typeof selected === "string")
  );
}

function isSort(value: unknown): value is Sort {
  return isRecord(value) && sortColumns.some((name) => name === value["column"]) && typeof value["descending"] === "boolean";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
