import { HumanError } from "../../protocol/humanError";
import type { HubChoice, HubDetails } from "../../protocol/hub";
import { plainText } from "../models/safePath";
import { resolveQuantType } from "../gguf/quantLevels";

/** How a person names one choice of several: by its level or label, or by a file of it. */
export interface Wish {
  readonly level?: string;
  readonly file?: string;
}

/** The choice that is meant. Throws a HumanError that lists them where none or several could be. */
export function chosenOf({ model, choices }: HubDetails, { level, file }: Wish): HubChoice {
  if (level !== undefined && file !== undefined) throw new HumanError("badArgument", "Say either --level or --file.");
  if (choices.length === 0) throw new HumanError("notFound", `${model.id} has no GGUF files and no safetensors checkpoint.`);
  const found = file !== undefined ? choices.filter((choice) => isOf(choice, file)) : level !== undefined ? ofLevel(choices, level) : usable(choices);
  const [choice, second] = found;
  if (choice && !second) return choice;
  const names = (found.length > 0 ? found : choices).slice(0, 30).map(named).join(", ");
  const asked = file ?? level;
  if (choice) throw new HumanError("badArgument", `${model.id} has several${asked === undefined ? "" : ` for "${asked}"`}: say one with --level or --file. It has ${names}.`);
  if (asked === undefined) {
    const problem = choices.find((each) => each.problem !== undefined)?.problem;
    throw new HumanError("unsupported", `${model.id} has no model that can be used: ${problem ?? "projectors and adapters need one."} It has ${names}.`);
  }
  throw new HumanError("notFound", `${model.id} has no "${asked}". It has ${names}.`);
}

function usable(choices: readonly HubChoice[]): readonly HubChoice[] {
  return choices.filter(({ role, problem }) => role === "model" && problem === undefined);
}

/** A label that stands for several files names its own already. */
function named({ label, id }: HubChoice): string {
  const file = `(${plainText(id, 80)})`;
  return label.endsWith(file) ? plainText(label, 160) : `${plainText(label, 60)} ${file}`;
}

function isOf({ id, files }: HubChoice, file: string): boolean {
  return id === file || files.some(({ path }) => path === file || path.split("/").at(-1) === file);
}

/** By the exact label first: "Q4_K_M" also means "Q4_K_M in 3 parts" and "q4", but a level of its own name comes before. */
function ofLevel(choices: readonly HubChoice[], level: string): readonly HubChoice[] {
  const models = choices.filter(({ role }) => role === "model");
  const named = models.filter(({ label }) => label.toUpperCase().split(" ")[0] === level.trim().toUpperCase());
  return named.length > 0 ? named : models.filter((choice) => choice.level === (resolveQuantType(level) ?? "none"));
}
