import type { AdapterSettings } from "../../protocol/compression";
import type { TensorInfo } from "../gguf/header";
import { defaultTargets, learnableRoles } from "./adapterFile";

const usual: readonly string[] = defaultTargets;

/**
 * What an adapter changes in this model. Where nothing is named: the usual, as far as the model has it, or else all that can learn. Of what is
 * named, the usual that it has not is left out (a mixture of experts has no plain feed-forward matrices); the rest is for checkAdapterSettings.
 */
export function targetsFor(tensors: readonly TensorInfo[], named?: readonly string[]): readonly string[] {
  const known = learnableRoles(tensors);
  if (named) return named.filter((target) => known.includes(target) || !usual.includes(target));
  const had = usual.filter((target) => known.includes(target));
  return had.length > 0 ? had : known;
}

/** An adapter's settings with its targets for this model. */
export function adapterFor(tensors: readonly TensorInfo[], adapter: AdapterSettings): AdapterSettings {
  return { ...adapter, targets: targetsFor(tensors, adapter.targets) };
}

/** What was left out, in a sentence; none where nothing was. */
export function targetNotes(named: readonly string[], targets: readonly string[]): readonly string[] {
  const missing = named.filter((target) => !targets.includes(target));
  return missing.length === 0 ? [] : [`The model has no matrices ${missing.join(", ")}: the adapter changes ${targets.join(", ")}.`];
}
