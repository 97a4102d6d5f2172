import { quantTypes } from "../../src/protocol/model";
import type { RowKey } from "../../src/protocol/panels";
import { type Sort, columnIds } from "./columns";
import type { Axis } from "./points";

export const viewNames = ["numbers", "words", "tensors"] as const;
export type ViewName = (typeof viewNames)[number];

/** What the person chose in the panel: kept while it is hidden, forgotten when it shows another model. */
export interface ViewState {
  readonly model: string;
  /** Name of the document that is measured on, for the editor to find it again. */
  readonly document?: string;
  /** Rows ticked for measuring; absent until the person changes the default. */
  readonly ticked?: readonly RowKey[];
  readonly selected?: RowKey;
  readonly sort?: Sort;
  /** Every level has its line, not only the main ones. */
  readonly all?: boolean;
  readonly view?: ViewName;
  readonly axis?: Axis;
  /** What the view by tensor colours by. */
  readonly tensors?: TensorChoice;
}

export interface TensorChoice {
  /** ggml type. */
  readonly type?: string;
  readonly by: "cost" | "error";
}

export function isViewState(value: unknown): value is ViewState {
  if (!isRecord(value) || typeof value["model"] !== "string") return false;
  const { document, ticked, selected, sort, all, view, axis, tensors } = value;
  return (
    (document === undefined || typeof document === "string") &&
    (ticked === undefined || (Array.isArray(ticked) && ticked.every(isRowKey))) &&
    (selected === undefined || isRowKey(selected)) &&
    (sort === undefined || isSort(sort)) &&
    (all === undefined || typeof all === "boolean") &&
    (view === undefined || oneOf(viewNames, view)) &&
    (axis === undefined || axis === "size" || axis === "memory") &&
    (tensors === undefined || isTensorChoice(tensors))
  );
}

function isTensorChoice(value: unknown): value is TensorChoice {
  return isRecord(value) && (value["by"] === "cost" || value["by"] === "error") && (value["type"] === undefined || typeof value["type"] === "string");
}

function isSort(value: unknown): value is Sort {
  return isRecord(value) && oneOf(columnIds, value["column"]) && (value["direction"] === "ascending" || value["direction"] === "descending");
}

function isRowKey(value: unknown): value is RowKey {
  return value === "base" || oneOf(quantTypes, value) || (typeof value === "string" && /^mix-\d+$/.test(value));
}

function oneOf(names: readonly string[], value: unknown): boolean {
  return typeof value === "string" && names.includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
