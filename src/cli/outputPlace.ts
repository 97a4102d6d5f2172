import { HumanError } from "../protocol/humanError";
import type { ModelFile } from "../protocol/model";

/** Refuses to write beside a model in a folder that is not the person's own. */
export function checkPlace({ source }: ModelFile, given: string | undefined, option = "out"): void {
  if (given === undefined && source === "ollama") throw new HumanError("badArgument", `Say with --${option} where the result goes: Ollama's store belongs to another program.`);
}
