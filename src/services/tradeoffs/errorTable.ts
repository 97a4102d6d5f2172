import { tensorCosts } from "../../core/evaluation/quantError";
import { tensorPlace } from "../../core/gguf/tensorNames";
import { tensorTypeNamed } from "../../core/gguf/tensorTypes";
import type { TensorErrors } from "../../protocol/model";
import type { TensorErrorsTable } from "../../protocol/panels";
import type { Forecasts } from "./forecaster";

/** Errors by tensor, types from the largest on. Costs are scaled so that their sum is the forecast of a version wholly in that type. */
export function errorTable(errors: readonly TensorErrors[], forecasts: Forecasts | undefined): TensorErrorsTable {
  const types = [...new Set(errors.flatMap((tensor) => Object.keys(tensor.errors)))].sort((a, b) => bits(b) - bits(a));
  const costOf = tensorCosts(errors);
  const scales = types.map((type) => {
    const sum = errors.reduce((total, tensor) => total + (costOf(tensor, type) ?? 0), 0);
    return forecasts && sum > 0 ? forecasts.klFrom(sum).value / sum : 1;
  });
  return {
    types,
    tensors: errors.map((tensor) => ({
      name: tensor.name,
      ...tensorPlace(tensor.name),
      bytes: tensor.bytes,
      errors: types.map((type) => tensor.errors[type]),
      costs: types.map((type, index) => {
        const cost = costOf(tensor, type);
        return cost === undefined ? undefined : cost * (scales[index] ?? 1);
      }),
    })),
  };
}

function bits(type: string): number {
  const storage = tensorTypeNamed(type);
  return storage ? (8 * storage.blockBytes) / storage.blockSize : 0;
}
