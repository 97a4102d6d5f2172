import { HumanError } from "../../protocol/humanError";
import type { ExtractParams, ExtractResult } from "../../protocol/compression";

export async function extractAdapter(_params: ExtractParams): Promise<ExtractResult> {
  throw new HumanError("unsupported", "This is not built yet.");
}
