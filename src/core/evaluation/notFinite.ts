import { HumanError } from "../../protocol/humanError";

/** For logits that are infinite or no numbers. */
export function notFinite(): HumanError {
  return new HumanError("failed", "The model computes numbers that are not finite: its file is damaged, or this level ruins it.");
}
