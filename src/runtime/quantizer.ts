import { HumanError } from "../protocol/humanError";
import type { QuantSize, QuantizeResult } from "../protocol/model";
import type { QuantizeParams, QuantizeProgress, SizesParams } from "../protocol/rpc";

export async function sizes(_params: SizesParams, _signal: AbortSignal): Promise<readonly QuantSize[]> {
  throw new HumanError("unsupported", "Being written.");
}

export async function quantize(
  _params: QuantizeParams,
  _onProgress: (progress: QuantizeProgress) => void,
  _signal: AbortSignal,
): Promise<QuantizeResult> {
  throw new HumanError("unsupported", "Being written.");
}
