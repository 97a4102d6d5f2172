import { HumanError } from "../../protocol/humanError";
import type { RankBlocksParams, BlockRanking } from "../../protocol/compression";

export async function rankBlocks(_params: RankBlocksParams): Promise<BlockRanking> {
  throw new HumanError("unsupported", "This is not built yet.");
}
