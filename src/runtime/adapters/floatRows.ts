import { basename } from "node:path";
import { brief } from "../../core/gguf/brief";
import type { TensorInfo } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import type { RowRange, TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";

/** Rows of a tensor as 32-bit floats. Throws a HumanError where one is none. */
export async function floatRows(file: TensorFile, tensor: TensorInfo, range: RowRange, weights: WeightRows): Promise<Float32Array> {
  const floats = weights.restore(tensor.type, await file.read(tensor, range), tensor.shape[0] ?? 1);
  if (!floats.every(Number.isFinite)) {
    throw new HumanError("notReadable", `${brief(tensor.name)} of ${basename(file.path)} holds numbers that are none (NaN or infinite): the file is damaged. Make or download it again.`);
  }
  return floats;
}
