import { HumanError } from "../../protocol/humanError";
import type { GptqParams, GptqResult } from "../../protocol/compression";

export async function gptq(_params: GptqParams): Promise<GptqResult> {
  throw new HumanError("unsupported", "This is not built yet.");
}
