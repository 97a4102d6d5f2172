import type { BlockImportance, BlockRanking } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";

/**
 * The numbers, ascending, of the `count` blocks whose influence is smallest, or without which perplexity is lowest; of equals those
 * that come first. Throws a HumanError where no block would be left, and where the ranking does not say how it goes without them.
 */
export function leastImportant({ blocks }: BlockRanking, count: number, by: "influence" | "perplexity"): readonly number[] {
  if (!Number.isInteger(count) || count < 0) throw new HumanError("badArgument", "The number of blocks to leave out must be a whole number.");
  if (count >= blocks.length && count > 0) throw new HumanError("badArgument", `At least one of the ${blocks.length} blocks must stay: leave out ${blocks.length - 1} or fewer.`);
  const score = ({ influence, without }: BlockImportance): number | undefined => (by === "influence" ? influence : without?.perplexity);
  const scored = blocks.flatMap((each) => {
    const value = score(each);
    return value === undefined || Number.isNaN(value) ? [] : [{ block: each.block, value }];
  });
  if (scored.length < count) throw new HumanError("badArgument", "The blocks were not left out one by one, so their perplexities are not known: rank them again with that wish, or choose by influence.");
  return scored.sort((a, b) => a.value - b.value || a.block - b.block).slice(0, count).map(({ block }) => block).sort((a, b) => a - b);
}
