import type { ModelFile } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";

/** Where a model runs as it should. */
const comfortable: readonly (Fit | undefined)[] = ["gpu", "partial", "ram"];

/** The largest level of the same base that is smaller and fits well; undefined where there is none at hand. */
export function smallerLevel(model: ModelFile, models: readonly ModelFile[], fit: (model: ModelFile) => Fit | undefined): ModelFile | undefined {
  return models
    .filter((other) => other.family === model.family && other.bytes < model.bytes && !other.problem && (other.role ?? "model") === "model")
    .sort((a, b) => b.bytes - a.bytes)
    .find((other) => comfortable.includes(fit(other)));
}
