import { HumanError } from "../../protocol/humanError";
import type { SparsifyParams, SparsifyResult } from "../../protocol/compression";

export async function sparsify(_params: SparsifyParams): Promise<SparsifyResult> {
  throw new HumanError("unsupported", "This is not built yet.");
}
