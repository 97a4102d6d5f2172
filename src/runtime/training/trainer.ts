import { HumanError } from "../../protocol/humanError";
import type { TrainParams, TrainResult } from "../../protocol/compression";

export async function train(_params: TrainParams): Promise<TrainResult> {
  throw new HumanError("unsupported", "This is not built yet.");
}
