import { HumanError } from "../protocol/humanError";
import type { MeasureParams, MeasureProgress, MeasureResult } from "../protocol/rpc";

export async function measure(
  _params: MeasureParams,
  _onProgress: (progress: MeasureProgress) => void,
  _signal: AbortSignal,
): Promise<MeasureResult> {
  throw new HumanError("unsupported", "Being written.");
}
