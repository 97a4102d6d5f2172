import { tensorCost } from "../../core/evaluation/quantError";
import { tensorPlace } from "../../core/gguf/tensorNames";
import { tensorTypeNamed } from "../../core/gguf/tensorTypes";
import type { TensorErrors } from "../../protocol/model";
import type { TensorErrorsTable } from "../../protocol/panels";
import type { Forecasts } from "./forecaster";

/** Errors by tensor, types from the largest on; costs are scaled as the forecasts of whole versions are. */
export function errorTable(errors: readonly TensorErrors[], forecasts: Forecasts | undefined): TensorErrorsTable {
  const types = [...new Set(errors.flatMap((tensor) => Object.keys(tensor.errors)))].sort((a, b) => bits(b) - bits(a));
  const scale = (cost: number): number => forecasts?.klFrom(cost).value ?? cost;
  return {
    types,
    tensors: errors.map((tensor) => ({
      name: tensor.name,
      ...tensorPlace(tensor.name),
      bytes: tensor.bytes,
      errors: types.map((type) => tensor.errors[type]),
      costs: types.map((type) => {
        const cost = tensorCost(tensor, type);
        return cost === undefined ? undefined : scale(cost);
      }),
    })),
  };
}

function bits(type: string): number {
  const storage = tensorTypeNamed(type);
  return storage ? (8 * storage.blockBytes) / storage.blockSize : 0;
}
