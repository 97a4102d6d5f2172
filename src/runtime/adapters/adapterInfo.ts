import { HumanError } from "../../protocol/humanError";
import type { AdapterInfo } from "../../protocol/compression";

export async function adapterInfo(_path: string): Promise<AdapterInfo> {
  throw new HumanError("unsupported", "This is not built yet.");
}
