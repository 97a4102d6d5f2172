import { HumanError } from "../../protocol/humanError";
import type { PruneParams, PruneResult } from "../../protocol/compression";

export async function prune(_params: PruneParams): Promise<PruneResult> {
  throw new HumanError("unsupported", "This is not built yet.");
}
