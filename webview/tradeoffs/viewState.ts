import { quantTypes, type QuantType } from "../../src/protocol/model";
import { type Sort, columns } from "./columns";
import type { RowKey } from "./rows";

/** What the person chose in the panel: kept while it is hidden, forgotten when it shows another model. */
export interface ViewState {
  readonly model: string;
  /** Levels ticked for measuring; absent until the person changes the default. */
  readonly ticked?: readonly QuantType[];
  readonly selected?: RowKey;
  readonly sort?: Sort;
  /** Every level has its line, not only the main ones. */
  readonly all?: boolean;
}

export function isViewState(value: unknown): value is ViewState {
  if (!isRecord(value) || typeof value["model"] !== "string") return false;
  const { ticked, selected, sort, all } = value;
  return (
    (ticked === undefined || (Array.isArray(ticked) && ticked.every(isQuantType))) &&
    (selected === undefined || selected === "base" || isQuantType(selected)) &&
    (sort === undefined || isSort(sort)) &&
    (all === undefined || typeof all === "boolean")
  );
}

function isSort(value: unknown): value is Sort {
  return isRecord(value) && columns.some(({ id }) => id === value["column"]) && (value["direction"] === "ascending" || value["direction"] === "descending");
}

function isQuantType(value: unknown): value is QuantType {
  return typeof value === "string" && (quantTypes as readonly string[]).includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
