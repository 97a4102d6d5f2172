import { HumanError } from "../../protocol/humanError";
import { hyperparameter, type ParsedHeader } from "../gguf/header";

/** Throws a HumanError where the header does not say, or its tensors belong to other blocks. */
export function blockCount(header: ParsedHeader): number {
  const blocks = hyperparameter(header, "block_count");
  if (blocks === undefined || !Number.isInteger(blocks) || blocks < 1) throw new HumanError("unsupported", "This file does not say how many blocks it has, so Decant cannot prune it.");
  const beyond = header.tensors.find(({ name }) => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? 0) >= blocks);
  if (beyond) throw new HumanError("unsupported", `This file says that it has ${blocks} blocks, but holds ${beyond.name}: Decant does not know such models.`);
  return blocks;
}
