import { HumanError } from "../../protocol/humanError";
import type { MergeParams, MergeResult } from "../../protocol/compression";

export async function mergeAdapter(_params: MergeParams): Promise<MergeResult> {
  throw new HumanError("unsupported", "This is not built yet.");
}
